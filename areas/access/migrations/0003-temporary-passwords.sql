-- Passwords that an administrator gave and therefore knows: they open one page, where an own one is chosen.
-- owner: access
create table temporary_passwords (
    user_id       id   primary key references users (id),
    given_by      id   not null,
    given_at      int  not null
);
