-- Why an outcome was corrected; the first one has none.
alter table outcomes add
    reason text check ((corrects_id is null) or reason is not null);
