-- Files that came in: one event an import, and a row here for each row of the file, so that the whole
-- of it can be taken back. Nothing of a refused row is kept but its number and the reason.
-- owner: import
create table imports (
    id           id   primary key,
    kind         text not null,
    file_name    text not null,
    state        text not null check (state in ('uploaded', 'checking', 'checked', 'running', 'done', 'failed', 'undoing', 'undone')),
    mapping      text not null,
    rows         int  not null,
    added        int  not null,
    changed      int  not null,
    unchanged    int  not null,
    refused      int  not null,
    doubts       int  not null,
    problem      text,
    made_by      id   not null,
    made_at      int  not null,
    ended_at     int
);

-- What became of a row. `before` is what an undo brings back; `version` tells whether somebody changed
-- the person since.
-- owner: import
create table import_rows (
    import_id    id   not null references imports (id),
    line         int  not null,
    action       text not null check (action in ('added', 'changed', 'unchanged', 'refused')),
    person_id    id,
    subject_id   id,
    version      int,
    before       text,
    why          text,
    primary key (import_id, line)
); -- clustered
create index import_rows_person on import_rows (person_id) where person_id is not null;

-- How somebody mapped the columns of a file with these headers, for the next such file.
-- owner: import
create table import_mappings (
    kind         text not null,
    headers      text not null,
    mapping      text not null,
    saved_at     int  not null,
    primary key (kind, headers)
);
