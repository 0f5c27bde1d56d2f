-- Where a call that comes in waits, and who answers it. What is set of a queue stands in versions: a queue that is
-- changed gets a next one and none is ever changed, so that a call of last month is explained by what held then.

-- What somebody must be able to do to answer some calls: a language, retention, a sector.
-- owner: telephone
create table skills (
    id           id   primary key,
    name_nl      text not null check (length(name_nl) between 1 and 40),
    name_en      text not null check (length(name_en) between 1 and 40),
    ended_at     int
);
create unique index skills_name on skills (name_nl) where ended_at is null;

-- owner: telephone
create table skilled (
    skill_id     id   not null references skills (id),
    user_id      id   not null references users (id),
    primary key (skill_id, user_id)
);

-- owner: telephone
create table queues (
    id           id   primary key,
    made_at      int  not null,
    ended_at     int
);

-- owner: telephone
create table queue_versions (
    id           id   primary key,
    queue_id     id   not null references queues (id),
    version      int  not null,
    name         text not null check (length(name) between 1 and 40),
    priority     int  not null check (priority between 1 and 9),
    -- Who is responsible when a call becomes a promise and nobody in particular is (INV9).
    team_id      id   not null references teams (id),
    keeps_holidays flag not null,
    rings_seconds int not null,
    previewing_after_seconds int,
    waiting_max  int  not null,
    wait_max_seconds int not null,
    call_me_back_after_seconds int,
    closed_then  text not null check (closed_then in ('hang_up', 'queue', 'call_me_back')),
    closed_queue_id id references queues (id) check ((closed_then = 'queue') = (closed_queue_id is not null)),
    full_then    text not null check (full_then in ('hang_up', 'queue', 'call_me_back')),
    full_queue_id id references queues (id) check ((full_then = 'queue') = (full_queue_id is not null)),
    too_long_then text not null check (too_long_then in ('hang_up', 'queue', 'call_me_back')),
    too_long_queue_id id references queues (id) check ((too_long_then = 'queue') = (too_long_queue_id is not null)),
    -- For those who wait when it closes; `answered`: they are answered still.
    closing_then text not null check (closing_then in ('answered', 'hang_up', 'queue', 'call_me_back')),
    closing_queue_id id references queues (id) check ((closing_then = 'queue') = (closing_queue_id is not null)),
    answer_within_seconds int not null,
    abandoned_after_seconds int not null,
    made_by      id   references users (id),
    made_at      int  not null
);
create unique index queue_versions_nr on queue_versions (queue_id, version);

-- The periods of an ordinary week, several a day.
-- owner: telephone
create table queue_periods (
    version_id   id   not null references queue_versions (id),
    weekday      int  not null check (weekday between 1 and 7),
    from_time    text not null,
    until_time   text not null check (from_time < until_time),
    primary key (version_id, weekday, from_time)
);

-- Days on which everything is different; a day without times is closed.
-- owner: telephone
create table queue_days (
    version_id   id   not null references queue_versions (id),
    day          text not null,
    nr           int  not null,
    from_time    text,
    until_time   text check (from_time < until_time and (from_time is null) = (until_time is null)),
    primary key (version_id, day, nr)
);

-- Who answers, and from when.
-- owner: telephone
create table queue_circles (
    version_id   id   not null references queue_versions (id),
    after_seconds int not null check (after_seconds >= 0),
    who          text not null check (who in ('team', 'skilled', 'everybody')),
    team_id      id   references teams (id) check ((who = 'team') = (team_id is not null)),
    skill_id     id   references skills (id) check ((who = 'skilled') = (skill_id is not null)),
    primary key (version_id, after_seconds)
);

-- What a caller hears in a queue, where it is not what the program says.
-- owner: telephone
create table queue_announcements (
    queue_id     id   not null references queues (id),
    kind         text not null,
    words_nl     text not null check (length(words_nl) between 1 and 600),
    words_en     text not null check (length(words_en) between 1 and 600),
    changed_by   id   not null references users (id),
    changed_at   int  not null,
    primary key (queue_id, kind)
);

-- What somebody spoke for an announcement: A-law, 8,000 bytes a second, as it goes onto the line.
-- owner: telephone
create table queue_recordings (
    queue_id     id   not null references queues (id),
    kind         text not null,
    language     text not null check (language in ('nl', 'en')),
    sound        bytes not null,
    size_bytes   int  not null check (size_bytes between 1 and 960000),
    changed_by   id   not null references users (id),
    changed_at   int  not null,
    primary key (queue_id, kind, language)
);

-- What can be dialled: a number in E.164, or a short name on our own lines. Every number that we show when we call
-- out has a queue, because whoever is called may call back (Tw art. 11.7 lid 8, features §K5).
-- owner: telephone
create table dialled_numbers (
    dialled      text primary key check (length(dialled) between 1 and 40),
    queue_id     id   not null references queues (id),
    -- The campaign whose number it is.
    campaign_id  id   references campaigns (id),
    label        text not null check (length(label) <= 60),
    -- When it was shown for the last time to somebody whom we called.
    shown_at     int,
    made_at      int  not null
);
create unique index dialled_numbers_campaign on dialled_numbers (campaign_id) where campaign_id is not null;

-- A call that came in, from its place in line to its end (state machines §4.2, inbound). Who spoke and what came of it
-- stands in the attempt.
-- owner: telephone
create table queued_calls (
    id           id   primary key,
    dialled      text not null,
    number       text,
    person_id    id   references people (id),
    queue_id     id   not null references queues (id),
    prefers_id   id   references users (id),
    prefers_because text check ((prefers_id is null) = (prefers_because is null)),
    how          text not null check (how in ('line', 'calls_back')),
    is_resumed   flag not null,
    state        text not null check (state in ('queued', 'offered', 'connected', 'abandoned', 'to_callback', 'turned_away')),
    queued_at    int  not null,
    entered_at   int  not null,
    answered_at  int,
    answered_by  id   references users (id),
    ended_at     int  check ((ended_at is null) = (state in ('queued', 'offered'))),
    callback_id  id   references callbacks (id),
    check ((answered_at is null) = (answered_by is null)),
    check (state <> 'connected' or answered_at is not null)
);
create index queued_calls_open on queued_calls (queued_at) where ended_at is null;
create index queued_calls_person on queued_calls (person_id, queued_at);
create index queued_calls_queue on queued_calls (queue_id, queued_at);

-- At whom a call rang, why, and what came of it. Two of them never ring at one agent, nor for one call.
-- owner: telephone
create table call_offers (
    id           id   primary key,
    call_id      id   not null references queued_calls (id),
    agent_id     id   not null references users (id),
    why          text not null,
    offered_at   int  not null,
    ended_at     int,
    ended_as     text check (ended_as in ('answered', 'missed', 'withdrawn')),
    missed_because text check ((missed_because is not null) = (ended_as is not null and ended_as = 'missed')),
    check ((ended_at is null) = (ended_as is null))
);
create unique index call_offers_agent on call_offers (agent_id) where ended_at is null;
create unique index call_offers_call on call_offers (call_id) where ended_at is null;
create index call_offers_of_agent on call_offers (agent_id, ended_at);
create index call_offers_missed on call_offers (ended_at) where ended_as = 'missed';
create index call_offers_of_call on call_offers (call_id, offered_at);

-- An agent at whom nothing rang any more came back (state machines §4.4).
-- owner: telephone
create table agent_returns (
    id           id   primary key,
    agent_id     id   not null references users (id),
    returned_at  int  not null
);
create index agent_returns_agent on agent_returns (agent_id, returned_at);

-- on sqlite:
create trigger queue_versions_are_followed before update on queue_versions
    begin select raise(abort, 'INV15: a queue is followed by its next version, not changed'); end;
create trigger queued_calls_end_once before update of ended_at, state on queued_calls
    when old.ended_at is not null
    begin select raise(abort, 'INV15: a call that ended stays as it ended'); end;
-- on postgresql:
create function queue_versions_are_followed() returns trigger language plpgsql as $$
    begin raise exception 'INV15: a queue is followed by its next version, not changed'; end $$;
create trigger queue_versions_are_followed before update on queue_versions for each row
    execute function queue_versions_are_followed();
create function queued_calls_end_once() returns trigger language plpgsql as $$
    begin raise exception 'INV15: a call that ended stays as it ended'; end $$;
create trigger queued_calls_end_once before update of ended_at, state on queued_calls for each row
    when (old.ended_at is not null)
    execute function queued_calls_end_once();
