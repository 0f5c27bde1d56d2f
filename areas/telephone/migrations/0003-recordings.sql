-- Calls that are recorded: which, what for and how long, what was kept of each, and who listened. Off until an administrator says
-- otherwise. What was said lies outside the database, in pieces that only the key of the recording opens; the key stands
-- here, sealed, until the recording is deleted.

-- For the calls of one queue, or for those that we make, what holds from then on; the last one holds.
-- owner: telephone
create table recording_policies (
    id           id   primary key,
    queue_id     id   references queues (id),
    -- None: these calls are not recorded.
    purpose      text check (purpose in ('training', 'dispute', 'sign_up')),
    -- What whoever is on the line is told before.
    words_nl     text not null check (length(words_nl) <= 600),
    words_en     text not null check (length(words_en) <= 600),
    -- The same, if somebody spoke it: A-law, 8,000 bytes a second.
    sound        bytes,
    keep_days    int  not null check (keep_days between 0 and 730),
    may_refuse   flag not null,
    made_by      id   not null references users (id),
    made_at      int  not null,
    check (purpose is null or (length(words_nl) > 0 and length(words_en) > 0 and keep_days > 0))
);
create index recording_policies_queue on recording_policies (queue_id, id);

-- owner: telephone
create table recordings (
    id           id   primary key,
    attempt_id   id   not null references attempts (id),
    person_id    id   not null references people (id),
    -- Whose call it was when it began.
    agent_id     id   not null references users (id),
    policy_id    id   not null references recording_policies (id),
    purpose      text not null check (purpose in ('training', 'dispute', 'sign_up')),
    -- Which process writes it; one of a process that is gone is over.
    line         id   not null,
    began_at     int  not null,
    ended_at     int,
    -- The first moment at which it is not kept any more.
    keep_until   int  not null check (keep_until > began_at),
    key_nr       int,
    key_sealed   bytes,
    deleted_at   int,
    deleted_because text check (deleted_because in ('period', 'request', 'refused')),
    -- Every piece was taken away, and looked for in vain.
    gone_at      int,
    check ((key_nr is null) = (key_sealed is null)),
    check ((deleted_at is null) = (key_sealed is not null)),
    check ((deleted_at is null) = (deleted_because is null)),
    check (gone_at is null or (deleted_at is not null and ended_at is not null))
);
create index recordings_person on recordings (person_id, id);
create index recordings_agent on recordings (agent_id, id);
create index recordings_attempt on recordings (attempt_id);
create index recordings_due on recordings (keep_until) where deleted_at is null;
create index recordings_left on recordings (line) where ended_at is null;
create index recordings_not_gone on recordings (deleted_at) where deleted_at is not null and gone_at is null;
create index recordings_key on recordings (key_nr) where key_nr is not null;

-- Pieces of sound, each an object of its own; written down before it is kept, so that none is kept that nobody knows of.
-- owner: telephone
create table recording_pieces (
    recording_id id   not null references recordings (id),
    nr           int  not null,
    -- Moments of sound, 8,000 a second, of two bytes.
    pairs        int  not null check (pairs > 0),
    primary key (recording_id, nr)
);

-- When nothing was written, why, and where in the sound that is.
-- owner: telephone
create table recording_pauses (
    id           id   primary key,
    recording_id id   not null references recordings (id),
    why          text not null check (why in ('hold', 'form', 'agent')),
    user_id      id   not null references users (id),
    after_pairs  int  not null,
    from_at      int  not null,
    until_at     int
);
create unique index recording_pauses_open on recording_pauses (recording_id, why) where until_at is null;
create index recording_pauses_recording on recording_pauses (recording_id, id);

-- Who listened, and why.
-- owner: telephone
create table recording_plays (
    id           id   primary key,
    recording_id id   not null references recordings (id),
    user_id      id   not null references users (id),
    reason       text not null check (reason in ('feedback', 'complaint', 'proof', 'member_asked')),
    words        text not null check (length(words) between 1 and 300),
    played_at    int  not null
);
create index recording_plays_recording on recording_plays (recording_id, id);

-- on sqlite:
create trigger recording_policies_are_followed before update on recording_policies
    begin select raise(abort, 'INV15: what is recorded is followed by what holds next, not changed'); end;
create trigger recording_plays_stay before update on recording_plays
    begin select raise(abort, 'INV15: that somebody listened is not changed'); end;
create trigger recordings_are_deleted_once before update of deleted_at, key_sealed on recordings
    when old.deleted_at is not null
    begin select raise(abort, 'INV15: a recording that was deleted stays deleted'); end;
-- on postgresql:
create function recording_policies_are_followed() returns trigger language plpgsql as $$
    begin raise exception 'INV15: what is recorded is followed by what holds next, not changed'; end $$;
create trigger recording_policies_are_followed before update on recording_policies for each row
    execute function recording_policies_are_followed();
create function recording_plays_stay() returns trigger language plpgsql as $$
    begin raise exception 'INV15: that somebody listened is not changed'; end $$;
create trigger recording_plays_stay before update on recording_plays for each row
    execute function recording_plays_stay();
create function recordings_are_deleted_once() returns trigger language plpgsql as $$
    begin raise exception 'INV15: a recording that was deleted stays deleted'; end $$;
create trigger recordings_are_deleted_once before update of deleted_at, key_sealed on recordings for each row
    when (old.deleted_at is not null)
    execute function recordings_are_deleted_once();
