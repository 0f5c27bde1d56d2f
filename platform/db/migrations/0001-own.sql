-- A command may arrive twice: a double click, a client that tries again. The first to write its key
-- does the work; the answer is kept for a day, so that the second gets the same one.
-- owner: db
create table commands (
    user_id    id   not null,
    key        text not null,
    request    id   not null,
    at         int  not null,
    route      text,
    status     int,
    body       text,
    primary key (user_id, key)
);
create index commands_at on commands (at);

-- What belongs to this installation and not to a machine: its name, its kind, the demo's clock.
-- owner: db
create table settings (
    key        text primary key,
    value      text not null
);
