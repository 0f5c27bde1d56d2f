-- Who works when, and who stands in: what a promise needs to know before it is made and when nobody keeps it.
-- owner: access
create table shifts (
    user_id      id   not null references users (id),
    weekday      int  not null check (weekday between 1 and 7),
    from_time    text not null,
    until_time   text not null check (from_time < until_time),
    primary key (user_id, weekday)
); -- clustered

-- Of an illness we keep that somebody is ill, and nothing else.
-- owner: access
create table absences (
    id           id   primary key,
    user_id      id   not null references users (id),
    kind         text not null check (kind in ('sick', 'leave', 'training', 'other')),
    from_on      text not null,
    until_on     text check (until_on >= from_on),
    stand_in_id  id   references users (id),
    made_by      id   not null,
    made_at      int  not null
);
create index absences_user on absences (user_id, from_on);

-- Who takes over when somebody is not there and named nobody else.
-- owner: access
create table stand_ins (
    user_id      id   primary key references users (id),
    stand_in_id  id   not null references users (id) check (stand_in_id <> user_id)
);
