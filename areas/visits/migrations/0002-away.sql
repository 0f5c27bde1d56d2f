-- A telephone on which a colleague takes the day's list along. Only the hash of its token is kept.
-- owner: visits
create table away_devices (
    id           id    primary key,
    user_id      id    not null references users (id),
    kind         text  not null check (kind in ('android', 'iphone', 'ipad', 'computer')),
    token_hash   bytes not null,
    made_at      int   not null,
    seen_at      int   not null,
    wipe_asked_at int,
    wipe_asked_by id,
    wiped_at     int,
    check (wiped_at is null or wipe_asked_at is not null)
);
create unique index away_devices_token on away_devices (token_hash);
create index away_devices_user on away_devices (user_id, id);
-- The key with which a day lies on a telephone. It opens the list for a day; a report that waits there for a signal is
-- opened with it as long as the row is kept. None is handed out to a telephone that is to be wiped.
-- owner: visits
create table away_keys (
    id           id    primary key,
    device_id    id    not null references away_devices (id),
    secret       text  not null,
    made_at      int   not null
);
create index away_keys_device on away_keys (device_id, made_at);
-- Which visits lay on it: what a lost telephone held, and which reports it may bring home.
-- owner: visits
create table away_visits (
    device_id    id    not null references away_devices (id),
    visit_id     id    not null references visits (id),
    taken_at     int   not null,
    primary key (device_id, visit_id)
);
create index away_visits_visit on away_visits (visit_id);
