-- The next person is the one with the highest priority, then the oldest record. An index that rises in both
-- cannot be read in that order: every claim sorted everybody who waits.
drop index call_records_next;
create index call_records_next on call_records (campaign_id, priority desc, id) where state = 'waiting';
