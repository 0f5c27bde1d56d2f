-- Until when a consent was asked for, and when it was first called on: one that nobody used for months is
-- no longer the consent that was given. An objection says what it is about and what the person said.
alter table consents add
    until_on text;
alter table consents add
    first_used_at int;
alter table objections add
    purpose text not null default 'any' check (purpose in ('any', 'recruitment', 'retention', 'service', 'newsletter'));
alter table objections add
    words text not null default '';
drop index objections_open;
create unique index objections_open on objections (person_id, channel, purpose) where withdrawn_at is null;
