-- Files that somebody without the right opened, with a reason: break-glass. One file, for a while, read only;
-- the privacy officer sees each and says so.
-- owner: people
create table forced_files (
    id            id   primary key,
    user_id       id   not null references users (id),
    person_id     id   not null references people (id),
    reason        text not null check (length(reason) between 1 and 500),
    at            int  not null,
    until_at      int  not null,
    seen_by       id,
    seen_at       int  check ((seen_by is null) = (seen_at is null))
);
create index forced_files_user on forced_files (user_id, person_id, until_at);
create index forced_files_person on forced_files (person_id);
