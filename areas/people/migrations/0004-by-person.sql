-- What one person allowed or does not want, withdrawn ones included: the file shows both. The indexes of what is
-- open do not serve that, and every file read both tables from end to end.
create index consents_person on consents (person_id, id);
create index objections_person on objections (person_id, id);
