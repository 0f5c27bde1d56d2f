-- The words of every name, each beside all words of that name: whether the other words that were typed occur in
-- it as well is seen while reading the rows of the rarest, without looking every person up (a fifth of the time,
-- `docs/performance.md`). All of it is in the key, so that PostgreSQL too finds it in the index alone.
-- owner: people
create table name_words (
    word      text not null,
    person_id id   not null,
    name      text not null,
    primary key (word, person_id, name)
); -- clustered
insert into name_words (word, person_id, name)
    select t.token, t.person_id, n.name
      from name_tokens t
      join (select person_id, ' ' || string_agg(token, ' ') || ' ' as name from name_tokens group by person_id) n
        on n.person_id = t.person_id;
create index name_words_person on name_words (person_id);
drop table name_tokens;
