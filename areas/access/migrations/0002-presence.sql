-- What colleagues choose to do: a chain of stretches without gap or overlap (INV16), and who is in
-- which now. What their calls do follows from the claims and is not kept here.
-- owner: access
create table presence (
    user_id        id   primary key references users (id),
    intent         text not null,
    place          text not null check (place in ('office', 'home')),
    since_at       int  not null,
    pending_intent text,
    -- When a page of this user was open for the last time; empty for who works by a program of their own.
    seen_at        int
);

-- owner: access
create table presence_stretches (
    id             id   primary key,
    user_id        id   not null references users (id),
    intent         text not null,
    place          text not null,
    from_at        int  not null,
    until_at       int  not null check (from_at <= until_at)
);
create index presence_stretches_user on presence_stretches (user_id, from_at);
