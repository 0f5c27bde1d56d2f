-- Mail, text messages and letters, written in the step that they tell of: what was rolled back is never told. A program
-- takes what is due under a claim; the identity of a message is its id, so that a second copy after a crash is known for
-- one. Address and words are wiped some days after the end (rule mail.keep_days); that there was a message stays.
-- `since_at` is when it was put in, or put in again: from there it is tried for so many hours.
-- owner: mail
create table outbox (
    id            id   primary key,
    person_id     id   not null references people (id),
    channel       text not null check (channel in ('email', 'sms', 'letter')),
    purpose       text not null,
    wording_id    id   not null references wordings (id),
    name          text not null,
    address       text not null,
    title         text not null,
    body_text     text not null,
    body_html     text not null,
    -- Signed links in it, one a line: cut out once it has gone.
    tokens        text not null,
    made_by       id   not null,
    made_at       int  not null,
    state         text not null check (state in ('waiting', 'sent', 'kept', 'failed', 'stopped')),
    since_at      int  not null,
    due_at        int  not null,
    claimed_until int,
    claim         int  not null,
    tries         int  not null,
    -- Why the last try failed, as a code of ours and the number of the other side.
    reason        text,
    status        text not null,
    ended_at      int  check ((ended_at is null) = (state = 'waiting')),
    cleared_at    int
);
create index outbox_due on outbox (channel, due_at, id) where state = 'waiting';
create index outbox_failed on outbox (ended_at) where state = 'failed';
create index outbox_person on outbox (person_id, id);
create index outbox_ended on outbox (ended_at) where cleared_at is null;

-- What a link in a mail opens, without an account. Only a hash is kept: whoever reads the table has no link.
-- owner: mail
create table links (
    id            id    primary key,
    token_hash    bytes not null,
    purpose       text  not null,
    subject_id    id    not null,
    person_id     id    not null references people (id),
    made_at       int   not null,
    valid_until   int   not null,
    used_at       int
);
create unique index links_token on links (token_hash);
create index links_subject on links (subject_id, purpose);
create index links_person on links (person_id);
create index links_until on links (valid_until);
