-- Who is called, why, by whom, and what came of it. States as in the state machines, §4.1 to §4.3.
-- The claim is on the person and not on a list row: whoever is on somebody's desk is on nobody else's.

-- A call that a person asked for ("bel mij, vanaf 8.30"): a ground of its own, used once.
-- owner: calls
create table call_requests (
    id           id   primary key,
    person_id    id   not null references people (id),
    subject      text not null,
    source       text not null,
    asked_at     int  not null,
    from_at      int  not null,
    used_at      int
);
create index call_requests_open on call_requests (person_id, asked_at) where used_at is null;

-- owner: calls
create table campaigns (
    id           id   primary key,
    name         text not null,
    ground       text not null check (ground in ('consent', 'requested_call', 'service', 'legal_person', 'exception')),
    purpose      text not null check (purpose in ('recruitment', 'retention', 'service')),
    state        text not null check (state in ('active', 'paused', 'ended')),
    source       text not null,
    priority     int  not null,
    team_id      id   references teams (id),
    made_by      id   not null,
    made_at      int  not null
);

-- One person in one campaign.
-- owner: calls
create table call_records (
    id           id   primary key,
    campaign_id  id   not null references campaigns (id),
    person_id    id   not null references people (id),
    state        text not null check (state in ('waiting', 'claimed', 'in_attempt', 'outcome_due', 'resting', 'promised', 'blocked', 'done', 'exhausted', 'withdrawn')),
    blocked_why  text check ((state = 'blocked') = (blocked_why is not null)),
    rest_until_at int check (state <> 'resting' or rest_until_at is not null),
    priority     int  not null,
    tries        int  not null,
    skips        int  not null,
    changed_at   int  not null
);
create unique index call_records_person on call_records (campaign_id, person_id);
create index call_records_of_person on call_records (person_id);
create index call_records_next on call_records (campaign_id, priority, id) where state = 'waiting';
create index call_records_resting on call_records (campaign_id, rest_until_at) where state = 'resting';
create index call_records_state on call_records (campaign_id, state, blocked_why);

-- Promises to call back, in wall time with its zone. One open promise per person and purpose; a second
-- replaces the first. `owner_id` empty is the team, which then is named.
-- owner: calls
create table callbacks (
    id           id   primary key,
    person_id    id   not null references people (id),
    call_record_id id references call_records (id),
    purpose      text not null,
    owner_id     id   references users (id),
    team_id      id   references teams (id),
    due_on       text not null,
    from_time    text not null,
    until_time   text not null check (from_time < until_time),
    zone         text not null,
    from_at      int  not null,
    until_at     int  not null check (from_at < until_at),
    check_at     int  not null,
    tries        int  not null,
    warmth       text check (warmth in ('warm', 'lukewarm', 'cool')),
    opening      text check (length(opening) <= 300),
    words        text check (length(words) <= 500),
    made_by      id   not null,
    made_at      int  not null,
    moves        int  not null,
    ended_at     int,
    ended_as     text check (ended_as in ('kept', 'closed_unreached', 'cancelled', 'replaced')),
    check ((ended_at is null) = (ended_as is null)),
    check (owner_id is not null or team_id is not null)
);
create unique index callbacks_open on callbacks (person_id, purpose) where ended_at is null;
create index callbacks_owner on callbacks (owner_id, check_at) where ended_at is null;
create index callbacks_team on callbacks (team_id, check_at) where ended_at is null;
create index callbacks_day on callbacks (due_on, owner_id);

-- Who has whom on the desk (INV1, INV3). A claim that is not busy ends with its lease; a busy one
-- waits for its outcome, on the desk of its agent.
-- owner: calls
create table claims (
    id           id   primary key,
    person_id    id   not null references people (id),
    agent_id     id   not null references users (id),
    call_record_id id references call_records (id),
    callback_id  id   references callbacks (id),
    fence        int  not null,
    claimed_at   int  not null,
    lease_until_at int not null,
    busy         flag not null,
    released_at  int,
    released_as  text check ((released_at is null) = (released_as is null))
);
create unique index claims_person on claims (person_id) where released_at is null;
create unique index claims_agent on claims (agent_id) where released_at is null;
create unique index claims_fence on claims (person_id, fence);
create index claims_lease on claims (lease_until_at) where released_at is null;

-- One try to speak, in or out (INV2: one live outbound try per number; INV4: with its ground).
-- owner: calls
create table attempts (
    id           id   primary key,
    claim_id     id   references claims (id),
    person_id    id   not null references people (id),
    agent_id     id   not null references users (id),
    call_record_id id references call_records (id),
    callback_id  id   references callbacks (id),
    fence        int,
    direction    text not null check (direction in ('in', 'out')),
    channel      text not null check (channel in ('own_phone')),
    number       text,
    ground       text,
    rule         text,
    started_at   int  not null,
    ended_at     int,
    check (direction = 'in' or (ground is not null and rule is not null))
);
create unique index attempts_number on attempts (number) where ended_at is null and direction = 'out' and number is not null;
create unique index attempts_agent on attempts (agent_id) where ended_at is null;
create index attempts_person on attempts (person_id, started_at);
create index attempts_claim on attempts (claim_id);
create index attempts_day on attempts (agent_id, started_at);

-- What came of an attempt. Never updated: a correction is a row that points at the one it corrects.
-- owner: calls
create table outcomes (
    id           id   primary key,
    attempt_id   id   not null references attempts (id),
    corrects_id  id   references outcomes (id),
    kind         text not null,
    logged_by    id   not null,
    logged_at    int  not null
);
create unique index outcomes_first on outcomes (attempt_id) where corrects_id is null;

-- What an agent writes down, saved while it is typed. It belongs to the claim, so that it is there
-- before the first ring and after a crash; the attempt is filled in when there is one.
-- owner: calls
create table notes (
    id           id   primary key,
    person_id    id   not null references people (id),
    claim_id     id   references claims (id),
    attempt_id   id   references attempts (id),
    author_id    id   not null,
    text         text not null check (length(text) <= 4000),
    saved_at     int  not null
);
create unique index notes_claim on notes (claim_id) where claim_id is not null;
create index notes_person on notes (person_id, id);
