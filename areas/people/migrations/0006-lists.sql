-- The list of members by town and by sector, in its own order: without these, a rare town is looked for among everybody.
-- A town is compared without capitals.
create index people_town on people (lower(town), sort_key, id) where town <> '';
create index people_sector on people (sector, sort_key, id) where sector <> '';
