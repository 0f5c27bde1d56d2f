-- A sole trader who published a number for this purpose (art. 11.7 lid 3, a): the number is part of it, and the only
-- one that may be called on it. A check cannot be changed in place, so the table is made again.
-- owner: people
create table consents_next (
    id           id   primary key,
    person_id    id   not null references people (id),
    purpose      text not null check (purpose in ('any', 'recruitment', 'retention', 'service', 'newsletter')),
    channel      text not null check (channel in ('phone', 'email', 'sms', 'post')),
    basis        text not null check (basis in ('consent', 'donation', 'volunteer', 'event', 'published')),
    number       text check ((basis = 'published') = (number is not null)),
    given_at     int  not null,
    text_shown   text not null,
    source       text not null,
    withdrawn_at int,
    made_by      id   not null,
    made_at      int  not null,
    until_on     text,
    first_used_at int
);
insert into consents_next (id, person_id, purpose, channel, basis, given_at, text_shown, source, withdrawn_at, made_by,
                           made_at, until_on, first_used_at)
select id, person_id, purpose, channel, basis, given_at, text_shown, source, withdrawn_at, made_by, made_at, until_on,
       first_used_at
  from consents;
drop table consents;
alter table consents_next rename to consents;
create unique index consents_open on consents (person_id, purpose, channel, basis) where withdrawn_at is null;
create index consents_person on consents (person_id, id);
