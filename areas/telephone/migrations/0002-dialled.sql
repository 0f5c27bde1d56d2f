-- How often is dialled has a limit, so that a stolen session does not become a telephone bill. Calls of the desk are counted from
-- its attempts; this counts what is dialled beside them: somebody asked along, and test calls. Which number is not kept.

-- owner: telephone
create table dialled_beside (
    id           id   primary key,
    user_id      id   not null references users (id),
    dialled_at   int  not null
);
create index dialled_beside_at on dialled_beside (dialled_at);
create index attempts_over_the_line on attempts (started_at) where channel = 'browser' and direction = 'out';
