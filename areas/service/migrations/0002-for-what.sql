-- What an agreement among colleagues is for: a target, made in a session perhaps.
-- owner: service
alter table agreements add
    target_id id;
alter table agreements add
    session_id id;
create index agreements_target on agreements (target_id, id) where target_id is not null;
create index agreements_session on agreements (session_id, id) where session_id is not null;
