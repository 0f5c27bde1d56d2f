-- A line to a colleague, and a raised hand: seen beside the telephone, gone when it is read.
-- owner: access
create table messages (
    id           id   primary key,
    from_id      id   not null references users (id),
    to_id        id   not null references users (id),
    text         text not null check (length(text) <= 300),
    sent_at      int  not null,
    read_at      int
);
create index messages_unread on messages (to_id, id) where read_at is null;

alter table presence add
    help_at int;
