-- How often each class of members is visited, in versions: the newest that is valid on a day holds, and none is ever
-- changed. A version without months and days ends the class. `after_days` is read with commas between.
-- owner: visits
create table contact_norms (
    id           id   primary key,
    nr           int  not null,
    name_nl      text not null,
    name_en      text not null,
    position     int  not null,
    applies      text not null check (applies in ('starter', 'member', 'prospect')),
    branches_min int  not null,
    sector       text not null,
    every_months int,
    after_days   text not null,
    ended        flag not null,
    valid_from   text not null,
    source       text not null,
    made_by      id   not null,
    made_at      int  not null
);
create index contact_norms_nr on contact_norms (nr, valid_from, id);
insert into contact_norms (id, nr, name_nl, name_en, position, applies, branches_min, sector, every_months, after_days, ended, valid_from, source, made_by, made_at) values
    (1, 1, 'Starters', 'Starters', 1, 'starter', 0, '', 24, '30,100', false, '2026-01-01', 'Ledenreis: contact in de eerste 30 en 100 dagen', 0, 0),
    (2, 2, 'Meer winkels', 'Several shops', 2, 'member', 3, '', 12, '', false, '2026-01-01', 'Eigen keuze: wie meer winkels heeft, zien we elk jaar', 0, 0),
    (3, 3, 'Leden', 'Members', 3, 'member', 0, '', 24, '', false, '2026-01-01', 'versterking.nl: iedereen eens in de twee jaar bezocht', 0, 0),
    (4, 4, 'Nog geen lid', 'Not a member yet', 4, 'prospect', 0, '', 12, '', false, '2026-01-01', 'Eigen keuze: wie lid kan worden, zien we elk jaar', 0, 0);
-- Where a place is, in millionths of a degree, as we know it ourselves: typed, imported, or stood on during a visit.
-- owner: visits
create table place_points (
    organisation_id id   primary key references organisations (id),
    lat_e6          int  not null check (lat_e6 between -90000000 and 90000000),
    lon_e6          int  not null check (lon_e6 between -180000000 and 180000000),
    source          text not null check (source in ('typed', 'visit')),
    made_by         id   not null,
    made_at         int  not null
);
-- One colleague at one place. `member_id` is whom the visit counts for; after the report it never changes, also not when
-- the place comes under another.
-- owner: visits
create table visits (
    id              id   primary key,
    place_id        id   not null references organisations (id),
    member_id       id   not null references organisations (id),
    user_id         id   not null references users (id),
    state           text not null check (state in ('planned', 'reported', 'not_met', 'dropped')),
    planned_on      text,
    planned_time    text,
    visited_on      text,
    why             text,
    moves           int  not null,
    device_key      text,
    made_by         id   not null,
    made_at         int  not null,
    version         int  not null,
    check (state <> 'planned' or planned_on is not null),
    check ((state = 'reported') = (visited_on is not null)),
    check ((why is not null) = (state in ('not_met', 'dropped')))
);
create unique index visits_open on visits (place_id) where state = 'planned';
create unique index visits_device on visits (made_by, device_key) where device_key is not null;
create index visits_user on visits (user_id, planned_on) where state = 'planned';
create index visits_member_planned on visits (member_id) where state = 'planned';
create index visits_member on visits (member_id, visited_on) where state = 'reported';
create index visits_place on visits (place_id, id);
create index visits_of_member on visits (member_id, id);
-- Every value of every field of a report; the one with the highest number stands. `by_id` wrote it.
-- owner: visits
create table visit_fields (
    visit_id     id   not null references visits (id),
    field        text not null check (field in ('spoke', 'topics', 'lives', 'mood', 'again')),
    nr           int  not null,
    value        text not null,
    by_id        id   not null,
    at           int  not null,
    primary key (visit_id, field, nr)
);
-- What somebody wrote without having seen what another wrote meanwhile. Both stay until somebody chooses.
-- owner: visits
create table visit_conflicts (
    id           id   primary key,
    visit_id     id   not null references visits (id),
    field        text not null,
    value        text not null,
    by_id        id   not null,
    at           int  not null,
    settled_at   int,
    settled_by   id
);
create index visit_conflicts_open on visit_conflicts (visit_id) where settled_at is null;
create unique index visit_conflicts_once on visit_conflicts (visit_id, field, value, by_id) where settled_at is null;
-- Whom was spoken to.
-- owner: visits
create table visit_people (
    visit_id     id   not null references visits (id),
    person_id    id   not null references people (id),
    primary key (visit_id, person_id)
);
create index visit_people_person on visit_people (person_id, visit_id);
-- Who is due, as it follows from membership, visits and norms; brought up to date in the step that changes one of them,
-- or by whoever follows the log. `wijland doctor` compares it with everything counted again.
-- Derived, so it keeps nobody here: an organisation that is taken out again takes its row along when all is counted again.
-- owner: visits
create table visit_dues (
    organisation_id id   primary key,
    norm_nr         int,
    is_member       flag not null,
    since_on        text,
    last_on         text,
    due_on          text,
    visitor_id      id
);
create index visit_dues_due on visit_dues (due_on, organisation_id) where due_on is not null;
create index visit_dues_visitor on visit_dues (visitor_id, due_on, organisation_id) where due_on is not null;
-- on sqlite:
create trigger visits_end_once before update of state on visits
    when old.state <> 'planned'
    begin select raise(abort, 'V5: a visit that is over stays as it ended'); end;
create trigger visits_stay before update of place_id, member_id, visited_on on visits
    when old.state = 'reported'
    begin select raise(abort, 'V5: where a visit was, when and for whom stays'); end;
create trigger visit_fields_are_followed before update on visit_fields
    begin select raise(abort, 'V5: a value of a report is followed, not changed'); end;
create trigger contact_norms_are_followed before update on contact_norms
    begin select raise(abort, 'a norm is followed by another version, not changed'); end;
-- on postgresql:
create function visits_end_once() returns trigger language plpgsql as $$
    begin raise exception 'V5: a visit that is over stays as it ended'; end $$;
create trigger visits_end_once before update of state on visits for each row
    when (old.state <> 'planned')
    execute function visits_end_once();
create function visits_stay() returns trigger language plpgsql as $$
    begin raise exception 'V5: where a visit was, when and for whom stays'; end $$;
create trigger visits_stay before update of place_id, member_id, visited_on on visits for each row
    when (old.state = 'reported')
    execute function visits_stay();
create function visit_fields_are_followed() returns trigger language plpgsql as $$
    begin raise exception 'V5: a value of a report is followed, not changed'; end $$;
create trigger visit_fields_are_followed before update on visit_fields for each row
    execute function visit_fields_are_followed();
create function contact_norms_are_followed() returns trigger language plpgsql as $$
    begin raise exception 'a norm is followed by another version, not changed'; end $$;
create trigger contact_norms_are_followed before update on contact_norms for each row
    execute function contact_norms_are_followed();
-- on both:
