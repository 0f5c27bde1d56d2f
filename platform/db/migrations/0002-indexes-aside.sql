-- Indexes that a large import does without, until it ends; see `db::indexes`. A program that was killed meanwhile
-- finds here what to make again.
-- owner: db
create table indexes_aside (
    name text primary key,
    sql  text not null
);
