-- Friendly calls because an amount did not come in: one for each amount, once. Amounts of one person share the promise that is
-- open. Who knows it sees why on the desk; no list says it.
-- owner: calls
create table arrears_calls (
    due_id       id   primary key,
    callback_id  id   references callbacks (id),
    made_at      int  not null
);
create index arrears_calls_callback on arrears_calls (callback_id);
