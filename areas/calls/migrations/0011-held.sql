-- A promise that may not be kept now is not offered again until then, so that it does not stand before others. It stays on
-- the list, and climbs.
alter table callbacks add
    held_until_at int;
