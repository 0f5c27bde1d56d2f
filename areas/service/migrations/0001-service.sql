-- What members ask about, in the words of the association, and which colleagues know about it.
-- owner: service
create table themes (
    id          id   primary key,
    name_nl     text not null,
    name_en     text not null,
    position    int  not null,
    ended_at    int
);
create unique index themes_name on themes (name_nl) where ended_at is null;
-- owner: service
create table theme_experts (
    theme_id    id   not null references themes (id),
    user_id     id   not null references users (id),
    primary key (theme_id, user_id)
);
create index theme_experts_user on theme_experts (user_id);
-- A question or a wish of a member, until the member heard the answer. It always has an owner, a colleague or a team,
-- and a day; `level` is how high it climbed. `device_key` is made on the telephone of who was there: the same report
-- sent twice is one.
-- owner: service
create table wishes (
    id              id   primary key,
    kind            text not null check (kind in ('question', 'wish')),
    theme_id        id   not null references themes (id),
    person_id       id   references people (id),
    organisation_id id   references organisations (id),
    words           text not null,
    source          text not null check (source in ('call', 'visit', 'mail', 'meeting', 'other')),
    owner_user_id   id   references users (id),
    owner_team_id   id   references teams (id),
    due_on          text not null,
    level           int  not null,
    state           text not null check (state in ('open', 'answered', 'told', 'withdrawn')),
    answer          text,
    answered_by     id   references users (id),
    answered_at     int,
    told_at         int,
    told_by         id   references users (id),
    told_how        text check (told_how in ('call', 'visit', 'mail', 'meeting')),
    solved          flag,
    withdrawn_why   text check ((withdrawn_why is null) = (state <> 'withdrawn')),
    device_key      text,
    made_by         id   not null,
    made_at         int  not null,
    version         int  not null,
    check ((owner_user_id is null) <> (owner_team_id is null)),
    check (person_id is not null or organisation_id is not null),
    check (state not in ('answered', 'told') or (answer is not null and answered_by is not null and answered_at is not null)),
    check ((state = 'told') = (told_at is not null)),
    check ((told_at is null) = (solved is null))
);
create index wishes_due on wishes (due_on) where state in ('open', 'answered');
create index wishes_owner on wishes (owner_user_id, due_on) where state in ('open', 'answered');
create index wishes_theme on wishes (theme_id, id);
create index wishes_organisation on wishes (organisation_id, id) where organisation_id is not null;
create index wishes_person on wishes (person_id, id) where person_id is not null;
create unique index wishes_device on wishes (made_by, device_key) where device_key is not null;
-- Who does what, by which day. `promised_on` moves only by the member's wish; `due_on` also by ours.
-- owner: service
create table agreements (
    id              id   primary key,
    what            text not null,
    person_id       id   references people (id),
    organisation_id id   references organisations (id),
    source          text not null check (source in ('visit', 'call', 'wish', 'session', 'hand')),
    owner_user_id   id   references users (id),
    owner_team_id   id   references teams (id),
    promised_on     text not null,
    due_on          text not null,
    level           int  not null,
    state           text not null check (state in ('open', 'done', 'dropped')),
    done_on         text check ((done_on is null) = (state <> 'done')),
    done_by         id   references users (id),
    dropped_why     text check ((dropped_why is null) = (state <> 'dropped')),
    device_key      text,
    made_by         id   not null,
    made_at         int  not null,
    version         int  not null,
    check ((owner_user_id is null) <> (owner_team_id is null))
);
create index agreements_due on agreements (due_on) where state = 'open';
create index agreements_owner on agreements (owner_user_id, due_on) where state = 'open';
create index agreements_organisation on agreements (organisation_id, id) where organisation_id is not null;
create index agreements_person on agreements (person_id, id) where person_id is not null;
create unique index agreements_device on agreements (made_by, device_key) where device_key is not null;
-- on sqlite:
create trigger agreements_end_once before update of state, done_on, dropped_why on agreements
    when old.state <> 'open'
    begin select raise(abort, 'an agreement that is over stays as it ended'); end;
create trigger wishes_withdrawn_stay before update of state on wishes
    when old.state = 'withdrawn'
    begin select raise(abort, 'a wish that was withdrawn stays so'); end;
-- on postgresql:
create function agreements_end_once() returns trigger language plpgsql as $$
    begin raise exception 'an agreement that is over stays as it ended'; end $$;
create trigger agreements_end_once before update of state, done_on, dropped_why on agreements for each row
    when (old.state <> 'open')
    execute function agreements_end_once();
create function wishes_withdrawn_stay() returns trigger language plpgsql as $$
    begin raise exception 'a wish that was withdrawn stays so'; end $$;
create trigger wishes_withdrawn_stay before update of state on wishes for each row
    when (old.state = 'withdrawn')
    execute function wishes_withdrawn_stay();
-- on both:
