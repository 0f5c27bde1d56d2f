-- Who is signed in, on which browsers somebody was before, and how often signing in went wrong.
-- Only hashes of what a browser holds are kept: whoever reads the table cannot sign in with it.
-- owner: web
create table sessions (
    id           bytes primary key,
    user_id      id    not null references users (id),
    needs_code   flag  not null,
    signed_in_at int   not null,
    ends_at      int   not null
);
create index sessions_user on sessions (user_id);

-- The last step of each user's code that was used: a code that somebody looked at over a shoulder
-- works once.
-- owner: web
create table used_codes (
    user_id      id    primary key references users (id),
    step         int   not null
);

-- A browser on which somebody signed in before. It counts its own mistakes, so that a stranger who
-- guesses at a name never keeps its owner out.
-- owner: web
create table devices (
    id           bytes primary key,
    user_id      id    not null references users (id),
    last_at      int   not null
);

-- owner: web
create table sign_in_failures (
    bucket       text primary key,
    failures     int  not null,
    last_at      int  not null,
    closed_until_at int not null
);
