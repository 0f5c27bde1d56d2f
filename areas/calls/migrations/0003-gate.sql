-- The whole gate. What a call rested on is kept with the try (INV4), people can belong to an agent, and
-- whoever was passed by twice waits for the team lead.
alter table attempts add
    inputs text;
-- Whether the agent said that the person may object (lid 2); empty where that need not be said.
alter table outcomes add
    objection_offered flag;
alter table call_records add
    owner_id id references users (id);
alter table call_records add
    skipped_by id references users (id);

-- Whoever belongs to nobody is found apart from those who belong to one agent: PostgreSQL does not read one
-- index in order for both.
drop index call_records_next;
create index call_records_next on call_records (campaign_id, priority desc, id) where state = 'waiting' and owner_id is null;
create index call_records_own on call_records (owner_id, campaign_id, priority desc, id) where state = 'waiting' and owner_id is not null;

-- A budget that is used up ends by itself, like a rest.
drop index call_records_resting;
create index call_records_resting on call_records (campaign_id, rest_until_at) where rest_until_at is not null;
update call_records set rest_until_at = null where state <> 'resting';

-- INV4 and INV15: no call by us without what it rested on; what was said about a call is followed, never
-- changed; and a promise that ended stays as it ended.
-- on sqlite:
create trigger attempts_rest_on_something before insert on attempts
    when new.direction = 'out' and (new.ground is null or new.rule is null or new.inputs is null)
    begin select raise(abort, 'INV4: a call by us has a ground, a rule and what was known'); end;
create trigger outcomes_are_followed before update on outcomes
    begin select raise(abort, 'INV15: an outcome is followed, not changed'); end;
create trigger callbacks_end_once before update of ended_at, ended_as on callbacks
    when old.ended_at is not null
    begin select raise(abort, 'INV15: a promise that ended stays as it ended'); end;
-- on postgresql:
create function attempts_rest_on_something() returns trigger language plpgsql as $$
    begin raise exception 'INV4: a call by us has a ground, a rule and what was known'; end $$;
create trigger attempts_rest_on_something before insert on attempts for each row
    when (new.direction = 'out' and (new.ground is null or new.rule is null or new.inputs is null))
    execute function attempts_rest_on_something();
create function outcomes_are_followed() returns trigger language plpgsql as $$
    begin raise exception 'INV15: an outcome is followed, not changed'; end $$;
create trigger outcomes_are_followed before update on outcomes for each row
    execute function outcomes_are_followed();
create function callbacks_end_once() returns trigger language plpgsql as $$
    begin raise exception 'INV15: a promise that ended stays as it ended'; end $$;
create trigger callbacks_end_once before update of ended_at, ended_as on callbacks for each row
    when (old.ended_at is not null)
    execute function callbacks_end_once();
-- on both:
