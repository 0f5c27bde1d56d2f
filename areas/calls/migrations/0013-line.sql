-- A call on a telephone of ours: the line says when it rang, was answered and ended, and why; who spoke from when to
-- when, and when the other side was on hold. A check cannot be changed in place: on SQLite the table is made again under
-- its own name, because others point at it.
-- on sqlite:
pragma defer_foreign_keys = on;
-- Only while this step lasts.
-- owner: calls
create table attempts_before as select * from attempts;
drop table attempts;
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
    channel      text not null check (channel in ('own_phone', 'browser')),
    number       text,
    ground       text,
    rule         text,
    started_at   int  not null,
    ended_at     int,
    inputs       text,
    check (direction = 'in' or (ground is not null and rule is not null))
);
insert into attempts (id, claim_id, person_id, agent_id, call_record_id, callback_id, fence, direction, channel, number,
                      ground, rule, started_at, ended_at, inputs)
select id, claim_id, person_id, agent_id, call_record_id, callback_id, fence, direction, channel, number, ground, rule,
       started_at, ended_at, inputs
  from attempts_before;
drop table attempts_before;
create unique index attempts_number on attempts (number) where ended_at is null and direction = 'out' and number is not null;
create unique index attempts_agent on attempts (agent_id) where ended_at is null;
create index attempts_person on attempts (person_id, started_at);
create index attempts_claim on attempts (claim_id);
create index attempts_day on attempts (agent_id, started_at);
create trigger attempts_rest_on_something before insert on attempts
    when new.direction = 'out' and (new.ground is null or new.rule is null or new.inputs is null)
    begin select raise(abort, 'INV4: a call by us has a ground, a rule and what was known'); end;
-- on postgresql:
alter table attempts drop constraint attempts_channel_check;
alter table attempts add constraint attempts_channel_check check (channel in ('own_phone', 'browser'));
-- on both:
alter table attempts add
    rang_at int;
alter table attempts add
    answered_at int;
-- What the line said, never what somebody typed (state machines §4.2).
alter table attempts add
    result text;
-- Which process has the line; a call of one that is gone is over.
alter table attempts add
    line id;
create index attempts_live on attempts (line) where ended_at is null and line is not null;

-- Who spoke, from when to when: a call that is passed on has two.
-- owner: calls
create table attempt_legs (
    id           id   primary key,
    attempt_id   id   not null references attempts (id),
    user_id      id   not null references users (id),
    from_at      int  not null,
    until_at     int
);
create unique index attempt_legs_open on attempt_legs (attempt_id) where until_at is null;
create index attempt_legs_attempt on attempt_legs (attempt_id, id);

-- When the other side was on hold.
-- owner: calls
create table attempt_holds (
    id           id   primary key,
    attempt_id   id   not null references attempts (id),
    from_at      int  not null,
    until_at     int
);
create unique index attempt_holds_open on attempt_holds (attempt_id) where until_at is null;
create index attempt_holds_attempt on attempt_holds (attempt_id, id);

-- A process that has a line, and when it was last seen to live.
-- owner: calls
create table lines (
    id           id   primary key,
    seen_at      int  not null
);
