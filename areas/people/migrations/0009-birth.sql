-- Who was born from when to when: who reaches the state pension age, and who may be somebody that we know.
-- owner: people
create index people_birth on people (birth_date, id) where birth_date is not null;
