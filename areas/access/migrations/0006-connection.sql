-- Whether the pages of somebody at work are heard of, as the server measures it: a chain without gap or overlap from signing
-- in to signing out (INV16). Empty for who works by a program of their own. How good a line sounds comes with the telephone.
alter table presence add
    connection text check (connection in ('ok', 'lost'));
alter table presence add
    connection_since_at int check ((connection is null) = (connection_since_at is null));

-- owner: access
create table presence_connections (
    id             id   primary key,
    user_id        id   not null references users (id),
    connection     text not null check (connection in ('ok', 'lost')),
    from_at        int  not null,
    until_at       int  not null check (from_at <= until_at)
);
create index presence_connections_user on presence_connections (user_id, from_at);
