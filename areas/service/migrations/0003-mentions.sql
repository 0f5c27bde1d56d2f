-- A colleague was named in what another wrote, and has not seen it yet or has.
-- owner: service
create table mentions (
    id              id   primary key,
    user_id         id   not null references users (id),
    by_id           id   not null references users (id),
    thing           text not null check (thing in ('wish', 'agreement', 'organisation', 'target')),
    thing_id        id   not null,
    at              int  not null,
    seen_at         int
);
create unique index mentions_unseen on mentions (user_id, thing, thing_id) where seen_at is null;
