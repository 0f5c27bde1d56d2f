-- At which age the state pension (AOW) begins for whom, by day of birth. A row holds until the next begins; it is kept in
-- versions: of those with one `born_from` the newest that is valid on a day holds, and none is ever changed. `ended` takes a row
-- out. `is_estimate`: not decided yet, the last age that is known.
-- Ranges of birth by year, although the age is often the same: each year was decided and is sourced by itself.
-- owner: membership
create table pension_ages (
    id          id   primary key,
    born_from   text not null,
    years       int  not null check (years between 60 and 80),
    months      int  not null check (months between 0 and 11),
    is_estimate flag not null,
    ended       flag not null,
    valid_from  text not null,
    source      text not null,
    grade       text not null check (grade in ('A', 'B', 'C', 'D', 'U')),
    made_by     id   not null,
    made_at     int  not null
);
create index pension_ages_born on pension_ages (born_from, valid_from, id);
insert into pension_ages (id, born_from, years, months, is_estimate, ended, valid_from, source, grade, made_by, made_at) values
    (1, '1948-01-01', 65, 1, false, false, '2013-01-01', 'Algemeen bekend; grenzen berekend', 'U', 0, 0),
    (2, '1948-12-01', 65, 2, false, false, '2013-01-01', 'Algemeen bekend; grenzen berekend', 'U', 0, 0),
    (3, '1949-11-01', 65, 3, false, false, '2013-01-01', 'nl.wikipedia.org, AOW-leeftijd; grenzen berekend', 'B', 0, 0),
    (4, '1950-10-01', 65, 6, false, false, '2013-01-01', 'Algemeen bekend; grenzen berekend', 'U', 0, 0),
    (5, '1951-07-01', 65, 9, false, false, '2013-01-01', 'Algemeen bekend; grenzen berekend', 'U', 0, 0),
    (6, '1952-04-01', 66, 0, false, false, '2013-01-01', 'Algemeen bekend; grenzen berekend', 'U', 0, 0),
    (7, '1953-01-01', 66, 4, false, false, '2013-01-01', 'nl.wikipedia.org, AOW-leeftijd; grenzen berekend', 'B', 0, 0),
    (8, '1953-09-01', 66, 4, false, false, '2013-01-01', 'Algemeen bekend; grenzen berekend', 'U', 0, 0),
    (9, '1954-09-01', 66, 4, false, false, '2013-01-01', 'Algemeen bekend; grenzen berekend', 'U', 0, 0),
    (10, '1955-09-01', 66, 7, false, false, '2013-01-01', 'Algemeen bekend; grenzen berekend', 'U', 0, 0),
    (11, '1956-06-01', 66, 10, false, false, '2013-01-01', 'Algemeen bekend; grenzen berekend', 'U', 0, 0),
    (12, '1957-03-01', 67, 0, false, false, '2013-01-01', 'rijksoverheid.nl, Wanneer gaat mijn AOW in?', 'A', 0, 0),
    (13, '1958-01-01', 67, 0, false, false, '2013-01-01', 'rijksoverheid.nl, Wanneer gaat mijn AOW in?', 'A', 0, 0),
    (14, '1959-01-01', 67, 0, false, false, '2013-01-01', 'rijksoverheid.nl, Wanneer gaat mijn AOW in?', 'A', 0, 0),
    (15, '1960-01-01', 67, 0, false, false, '2013-01-01', 'rijksoverheid.nl, Wanneer gaat mijn AOW in?', 'A', 0, 0),
    (16, '1961-01-01', 67, 3, false, false, '2013-01-01', 'rijksoverheid.nl, Wanneer gaat mijn AOW in?', 'A', 0, 0),
    (17, '1961-10-01', 67, 3, false, false, '2013-01-01', 'rijksoverheid.nl, Wanneer gaat mijn AOW in?', 'A', 0, 0),
    (18, '1962-10-01', 67, 3, false, false, '2013-01-01', 'metronieuws.nl en seniorenjournaal.nl, november 2025; grenzen berekend', 'B', 0, 0),
    (19, '1963-10-01', 67, 3, false, false, '2013-01-01', 'metronieuws.nl en seniorenjournaal.nl, november 2025; grenzen berekend', 'B', 0, 0),
    (20, '1964-10-01', 67, 3, true, false, '2013-01-01', 'Nog niet vastgesteld: de laatst bekende leeftijd (AOW art. 7a: nooit lager)', 'D', 0, 0);
