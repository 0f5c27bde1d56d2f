-- A promise that nobody keeps climbs: 0 with its owner, 1 with a stand-in, 2 with the team, 3 with the team
-- lead. Who is told ten minutes before, and who wrote a message when nobody answered, is kept with it.
alter table callbacks add
    level int not null default 0 check (level between 0 and 3);
alter table callbacks add
    level_at int check (level = 0 or level_at is not null);
alter table callbacks add
    stand_in_id id references users (id);
alter table callbacks add
    noticed_at int;
alter table callbacks add
    ended_why text;
alter table callbacks add
    followed_up_at int;
create index callbacks_coming on callbacks (from_at) where ended_at is null;
create index callbacks_stand_in on callbacks (stand_in_id, check_at) where ended_at is null and stand_in_id is not null;
create index callbacks_climbed on callbacks (level, team_id, check_at) where ended_at is null and level > 0;
create index callbacks_unreached on callbacks (owner_id, ended_at) where ended_as = 'closed_unreached' and followed_up_at is null;
