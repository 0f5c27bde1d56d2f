-- The one log. Boards, figures, webhooks and audit come from it, so that they cannot disagree.
-- The payload holds codes and numbers only; erasing a person removes the person's rows elsewhere,
-- and the log and the figures stay. No foreign keys: the log outlives what it speaks of.
-- owner: activity
create table events (
    id              id   primary key,
    at              int  not null,
    day             text not null,
    kind            text not null,
    actor_kind      text not null,
    actor_id        id   not null,
    person_id       id,
    organisation_id id,
    call_record_id  id,
    campaign_id     id,
    team_id         id,
    rule            text,
    amount          int,
    payload         text not null
);
create index events_person on events (person_id, id) where person_id is not null;
create index events_organisation on events (organisation_id, id) where organisation_id is not null;
create index events_day on events (day, actor_id);

-- Counters, one dimension a row: several dimensions at once grew to 8 million rows for 10 million
-- contacts, three single ones to 0.58 million.
-- owner: activity
create table rollup_day (
    dim             text not null check (dim in ('all', 'campaign', 'team', 'user')),
    day             text not null,
    key             id   not null,
    kind            text not null,
    n               int  not null,
    seconds         int  not null,
    primary key (dim, key, day, kind)
); -- clustered

-- Who looked at whom: kept 24 months, shown to the privacy officer and in the person's own file.
-- owner: activity
create table reads (
    id              id   primary key,
    at              int  not null,
    user_id         id   not null,
    person_id       id   not null,
    why             text not null
);
create index reads_person on reads (person_id, id);
create index reads_user on reads (user_id, id);
