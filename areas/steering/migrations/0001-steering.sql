-- A number that hangs on the result: on which figure, and for whom. What is wanted stands in its versions.
-- owner: steering
create table targets (
    id              id   primary key,
    figure          text not null,
    figure_version  int  not null,
    dim             text not null check (dim in ('all', 'sector', 'class', 'team', 'user')),
    key             text not null,
    made_by         id   not null references users (id),
    made_at         int  not null,
    withdrawn_at    int,
    withdrawn_by    id,
    withdrawn_why   text,
    check ((withdrawn_at is null) = (withdrawn_why is null))
);
create index targets_open on targets (figure) where withdrawn_at is null;
-- One version; `is_current` is the one that is agreed, and at any moment there is one at most (T1). The number is in
-- millionths: of one for a count, of the whole for a share.
-- owner: steering
create table target_versions (
    target_id       id   not null references targets (id),
    nr              int  not null,
    from_month      text not null,
    to_month        text not null,
    number_e6       int  not null check (number_e6 > 0),
    reason          text not null,
    proposed_by     id   not null references users (id),
    proposed_at     int  not null,
    agreed_at       int,
    is_current      flag not null,
    primary key (target_id, nr),
    check (from_month <= to_month)
);
create unique index target_versions_current on target_versions (target_id) where is_current;
-- Who must reach it, and what each said (T2).
-- owner: steering
create table target_people (
    target_id       id   not null references targets (id),
    nr              int  not null,
    user_id         id   not null references users (id),
    answer          text check (answer in ('yes', 'no')),
    words           text not null,
    answered_at     int,
    primary key (target_id, nr, user_id)
); -- clustered
create index target_people_user on target_people (user_id, target_id);
-- A series of meetings about the figures, and each of them.
-- owner: steering
create table meeting_series (
    id              id   primary key,
    name            text not null,
    meetings        int  not null check (meetings between 1 and 52),
    made_by         id   not null references users (id),
    made_at         int  not null
);
-- owner: steering
create table meetings (
    id              id   primary key,
    series_id       id   not null references meeting_series (id),
    nr              int  not null,
    held_on         text not null,
    ended_at        int,
    version         int  not null
);
create unique index meetings_series on meetings (series_id, nr);
-- What was decided, about a target or about nothing else.
-- owner: steering
create table meeting_decisions (
    id              id   primary key,
    meeting_id      id   not null references meetings (id),
    target_id       id   references targets (id),
    words           text not null,
    made_by         id   not null references users (id),
    made_at         int  not null
);
create index meeting_decisions_session on meeting_decisions (meeting_id, id);
create index meeting_decisions_target on meeting_decisions (target_id, id) where target_id is not null;
-- The results view for whoever has the link, until a day; what colleagues agreed and decided is in it only `with_words`.
-- owner: steering
create table result_links (
    id              id    primary key,
    token_hash      bytes not null,
    ends_at         int   not null,
    with_words      flag  not null,
    made_by         id    not null references users (id),
    made_at         int   not null,
    revoked_at      int
);
create unique index result_links_token on result_links (token_hash);
-- One question a week. Answers are numbers that grow, not rows: nobody is in them, nor the order in which they came.
-- owner: steering
create table pulse_answers (
    week            text not null,
    answer          int  not null check (answer between 1 and 5),
    n               int  not null,
    primary key (week, answer)
); -- clustered
-- Who answered, so that nobody answers twice; not what.
-- owner: steering
create table pulse_given (
    week            text not null,
    user_id         id   not null references users (id),
    primary key (week, user_id)
); -- clustered
-- What this association signs with.
-- owner: steering
create table exchange_key (
    id              id   primary key,
    secret          text not null,
    made_at         int  not null
);
-- Files of other associations. `contributor` is the key that signed: no name.
-- owner: steering
create table exchange_files (
    contributor     text not null,
    period          text not null,
    universe        text not null,
    label           text not null,
    taken_by        id   not null,
    taken_at        int  not null,
    primary key (contributor, period)
);
-- owner: steering
create table exchange_rows (
    contributor     text not null,
    period          text not null,
    figure          text not null,
    version         int  not null,
    line            text not null,
    place           text not null,
    percent         int  not null,
    base            text not null,
    primary key (period, figure, version, line, place, contributor)
); -- clustered
-- on sqlite:
create trigger target_versions_stay before update of from_month, to_month, number_e6, reason on target_versions
    begin select raise(abort, 'T1: a version of a target is followed, not changed'); end;
create trigger target_people_answer_once before update of answer on target_people
    when old.answer = 'yes'
    begin select raise(abort, 'T1: what somebody agreed to stays'); end;
-- on postgresql:
create function target_versions_stay() returns trigger language plpgsql as $$
    begin raise exception 'T1: a version of a target is followed, not changed'; end $$;
create trigger target_versions_stay before update of from_month, to_month, number_e6, reason on target_versions for each row
    execute function target_versions_stay();
create function target_people_answer_once() returns trigger language plpgsql as $$
    begin raise exception 'T1: what somebody agreed to stays'; end $$;
create trigger target_people_answer_once before update of answer on target_people for each row
    when (old.answer = 'yes')
    execute function target_people_answer_once();
-- on both:
