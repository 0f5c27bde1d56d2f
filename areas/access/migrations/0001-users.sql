-- Who works with the program. An account is never deleted: the log speaks of it for years; it ends.
-- owner: access
create table teams (
    id            id   primary key,
    name          text not null,
    ended_at      int
);
create unique index teams_name on teams (name);

-- owner: access
create table users (
    id            id   primary key,
    login         text not null,
    email         text not null,
    email_fold    text not null,
    name          text not null,
    first_name    text not null,
    password_hash text not null,
    roles         text not null,
    team_id       id   references teams (id),
    language      text not null check (language in ('nl', 'en')),
    totp_secret   text,
    created_at    int  not null,
    ended_at      int
);
create unique index users_login on users (login);
create unique index users_email on users (email_fold) where email_fold <> '';

-- Where a travelling colleague may open files: postcodes from and until, both included (four digits).
-- owner: access
create table user_regions (
    user_id       id   not null references users (id),
    postcode_from text not null,
    postcode_until text not null check (postcode_from <= postcode_until),
    primary key (user_id, postcode_from)
);

-- Programs that call the API as a user. Only the hash of a token is kept.
-- owner: access
create table api_tokens (
    id            id   primary key,
    user_id       id   not null references users (id),
    name          text not null,
    token_hash    bytes not null,
    scopes        text not null,
    created_at    int  not null,
    ends_at       int,
    revoked_at    int
);
create unique index api_tokens_hash on api_tokens (token_hash);
