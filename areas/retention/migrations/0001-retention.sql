-- What the statutes say about leaving, by kind of membership ('' for every other), in versions: of those with one `kind` the newest
-- that is valid on a day holds, and none is ever changed. Shipped as the law says it where the statutes are silent (BW 2:36).
-- owner: retention
create table notice_terms (
    id                  id   primary key,
    kind                text not null,
    notice_n            int  not null check (notice_n between 0 and 400),
    notice_unit         text not null check (notice_unit in ('days', 'weeks', 'months')),
    boundary            text not null check (boundary in ('financial_year_end', 'calendar_year_end', 'quarter_end', 'month_end', 'any_day')),
    financial_year_ends text not null,
    latest_day          text not null,
    min_term_months     int  not null check (min_term_months between 0 and 60),
    ended               flag not null,
    valid_from          text not null,
    source              text not null,
    grade               text not null check (grade in ('A', 'B', 'C', 'D', 'U')),
    made_by             id   not null,
    made_at             int  not null
);
create index notice_terms_kind on notice_terms (kind, valid_from, id);
insert into notice_terms (id, kind, notice_n, notice_unit, boundary, financial_year_ends, latest_day, min_term_months, ended, valid_from, source, grade, made_by, made_at) values
    (1, '', 4, 'weeks', 'financial_year_end', '12-31', '', 0, false, '1992-01-01', 'Burgerlijk Wetboek 2:36: als de statuten zwijgen', 'A', 0, 0);
-- A decision after which members may leave at once: a merger, a split, heavier duties (BW 2:36, one month after it was told).
-- owner: retention
create table leave_rights (
    id         id   primary key,
    name_nl    text not null,
    name_en    text not null,
    kind       text not null,
    sent_on    text not null,
    until_on   text not null check (sent_on <= until_on),
    source     text not null,
    made_by    id   not null,
    made_at    int  not null,
    ended_at   int
);
-- Why members leave: two levels, in versions by `nr`. Whether it could have been avoided follows from the reason.
-- owner: retention
create table leave_reasons (
    id         id   primary key,
    nr         int  not null,
    parent_nr  int,
    holder     text not null check (holder in ('person', 'organisation')),
    name_nl    text not null,
    name_en    text not null,
    avoidable  flag not null,
    position   int  not null,
    ended      flag not null,
    made_by    id   not null,
    made_at    int  not null
);
create index leave_reasons_nr on leave_reasons (nr, id);
insert into leave_reasons (id, nr, parent_nr, holder, name_nl, name_en, avoidable, position, ended, made_by, made_at) values
    (1, 1, null, 'person', 'Gaat met pensioen', 'Retires', true, 1, false, 0, 0),
    (2, 2, null, 'person', 'Kosten te hoog', 'Costs too much', true, 2, false, 0, 0),
    (3, 3, null, 'person', 'Niet tevreden', 'Not satisfied', true, 3, false, 0, 0),
    (4, 4, null, 'person', 'Ander werk of sector', 'Other work or sector', true, 4, false, 0, 0),
    (5, 5, null, 'person', 'Werkt niet meer', 'Does not work any more', true, 5, false, 0, 0),
    (6, 6, null, 'person', 'Naar andere bond', 'To another union', true, 6, false, 0, 0),
    (7, 7, null, 'person', 'Andere reden', 'Another reason', true, 7, false, 0, 0),
    (11, 11, 1, 'person', 'Stopt vóór de AOW-leeftijd', 'Stops before the state pension age', true, 1, false, 0, 0),
    (12, 12, 1, 'person', 'Bereikt de AOW-leeftijd', 'Reaches the state pension age', true, 2, false, 0, 0),
    (13, 13, 1, 'person', 'Is al gepensioneerd', 'Is retired already', true, 3, false, 0, 0),
    (21, 21, 2, 'person', 'Inkomen gedaald', 'Income went down', true, 1, false, 0, 0),
    (22, 22, 2, 'person', 'Kennismaking loopt af', 'Introduction ends', true, 2, false, 0, 0),
    (23, 23, 2, 'person', 'Krijgt er te weinig voor', 'Gets too little for it', true, 3, false, 0, 0),
    (31, 31, 3, 'person', 'Hoort nooit iets', 'Never hears anything', true, 1, false, 0, 0),
    (32, 32, 3, 'person', 'Hulp viel tegen', 'Help fell short', true, 2, false, 0, 0),
    (33, 33, 3, 'person', 'Cao viel tegen', 'Collective agreement fell short', true, 3, false, 0, 0),
    (34, 34, 3, 'person', 'Oneens met een standpunt', 'Disagrees with a position', true, 4, false, 0, 0),
    (41, 41, 4, 'person', 'Andere sector', 'Other sector', true, 1, false, 0, 0),
    (42, 42, 4, 'person', 'Begint voor zichzelf', 'Becomes self-employed', true, 2, false, 0, 0),
    (43, 43, 4, 'person', 'Naar het buitenland', 'Goes abroad', false, 3, false, 0, 0),
    (71, 71, 7, 'person', 'Wil het niet zeggen', 'Does not want to say', true, 1, false, 0, 0),
    (72, 72, 7, 'person', 'Overleden', 'Died', false, 2, false, 0, 0),
    (101, 101, null, 'organisation', 'Zaak gestopt', 'Business closed', false, 1, false, 0, 0),
    (102, 102, null, 'organisation', 'Zaak verkocht', 'Business sold', false, 2, false, 0, 0),
    (103, 103, null, 'organisation', 'Kosten te hoog', 'Costs too much', true, 3, false, 0, 0),
    (104, 104, null, 'organisation', 'Niet tevreden', 'Not satisfied', true, 4, false, 0, 0),
    (105, 105, null, 'organisation', 'De formule regelt het', 'The formula arranges it', true, 5, false, 0, 0),
    (106, 106, null, 'organisation', 'Naar andere organisatie', 'To another organisation', true, 6, false, 0, 0),
    (107, 107, null, 'organisation', 'Andere reden', 'Another reason', true, 7, false, 0, 0);
-- What an argument rests on, for the agent to read: Markdown, in versions by `nr`, with an owner and a day after which it is doubtful.
-- owner: retention
create table knowledge_articles (
    id         id   primary key,
    nr         int  not null,
    title_nl   text not null,
    title_en   text not null,
    body_nl    text not null,
    body_en    text not null,
    owner_id   id,
    expires_on text,
    ended      flag not null,
    made_by    id   not null,
    made_at    int  not null
);
create index knowledge_articles_nr on knowledge_articles (nr, id);
-- What can be brought forward, in versions by `nr`. `reasons` are numbers with commas between; empty for each reason. `says` is
-- for the agent, `say` is to be said aloud, with amounts in braces that are computed for the member.
-- owner: retention
create table retention_arguments (
    id         id   primary key,
    nr         int  not null,
    holder     text not null check (holder in ('person', 'organisation')),
    kind       text not null check (kind in ('argument', 'tariff', 'service', 'offer', 'referral')),
    name_nl    text not null,
    name_en    text not null,
    says_nl    text not null,
    says_en    text not null,
    say_nl     text not null,
    say_en     text not null,
    reasons    text not null,
    needs      text not null check (needs in ('nothing', 'lower_tariff')),
    authority  text not null check (authority in ('agent', 'team_lead')),
    cost_cents int  not null,
    article_nr int,
    position   int  not null,
    ended      flag not null,
    made_by    id   not null,
    made_at    int  not null
);
create index retention_arguments_nr on retention_arguments (nr, id);
insert into retention_arguments (id, nr, holder, kind, name_nl, name_en, says_nl, says_en, say_nl, say_en, reasons, needs, authority, cost_cents, article_nr, position, ended, made_by, made_at) values
    (1, 1, 'person', 'tariff', 'Pensioentarief vanaf de AOW', 'Pensioner tariff from the state pension on', 'Volledige dienstverlening, tegen een pensioenprijsje.', 'The whole service, for a pensioner''s price.',
     'Op {aow_dag} bereikt u de AOW-leeftijd. Vanaf {vanaf} betaalt u nog maar {straks}, en alles blijft zoals het is.', 'On {aow_dag} you reach the state pension age. From {vanaf} you pay only {straks}, and everything stays as it is.', '1,5', 'lower_tariff', 'agent', 0, 1, 1, false, 0, 0),
    (2, 2, 'person', 'argument', 'De bond is er ook ná het werk', 'The union is there after work too', 'Koopkracht, pensioenfonds, hulp bij belastingaangifte.', 'Purchasing power, pension fund, help with the tax return.',
     'Ook voor gepensioneerden doet de bond van alles: uw pensioen, uw koopkracht, uw belastingaangifte.', 'The union does a lot for pensioners too: your pension, your purchasing power, your tax return.', '1,5', 'nothing', 'agent', 0, 2, 2, false, 0, 0),
    (3, 3, 'person', 'service', 'Hulp die nu nog te gebruiken is', 'Help that can be used now', 'Controle van de laatste loonstrook en het pensioenoverzicht.', 'A check of the last payslip and the pension statement.',
     'Zal ik een collega vragen om uw pensioenoverzicht met u na te kijken?', 'Shall I ask a colleague to look at your pension statement with you?', '', 'nothing', 'agent', 0, null, 3, false, 0, 0),
    (4, 4, 'person', 'referral', 'De kleinkinderen', 'The grandchildren', 'Straks zelf aan het werk. Voor wie lid wordt, krijgt het lid een premie.', 'Soon at work themselves. For each who joins, the member gets a premium.',
     'Hebt u kleinkinderen die bijna aan het werk gaan? U krijgt iets voor ieder die lid wordt.', 'Do you have grandchildren who will soon be at work? You get something for each who joins.', '1', 'nothing', 'agent', 0, null, 4, false, 0, 0),
    (5, 5, 'person', 'tariff', 'Een lager tarief dat past', 'A lower tariff that fits', 'Bij een uitkering, studie of lager inkomen, met bewijs.', 'With a benefit, study or lower income, with proof.',
     'Misschien betaalt u te veel. Klopt het nog wat wij van uw werk en inkomen weten?', 'You may pay too much. Is what we know of your work and income still right?', '2,5', 'nothing', 'agent', 0, 3, 5, false, 0, 0),
    (6, 6, 'person', 'argument', 'Contributie terug via de werkgever', 'Contribution back through the employer', 'Veel werkgevers verrekenen de contributie fiscaal.', 'Many employers settle the contribution for tax.',
     'Wist u dat u via uw werkgever een deel van de contributie terugkrijgt?', 'Did you know that you get part of the contribution back through your employer?', '2', 'nothing', 'agent', 0, 3, 6, false, 0, 0),
    (7, 7, 'person', 'offer', 'Eén maand geen contributie', 'One month without contribution', 'Alleen als al het andere niet past.', 'Only if nothing else fits.',
     'Ik mag u één maand contributie kwijtschelden, zodat u er rustig over kunt nadenken.', 'I may waive one month, so that you can think it over.', '2', 'nothing', 'team_lead', 1850, null, 7, false, 0, 0),
    (8, 8, 'person', 'service', 'Iemand die het oplost', 'Somebody who solves it', 'Een collega belt terug over wat er misging.', 'A colleague calls back about what went wrong.',
     'Dat had beter gemoeten. Mag een collega u daarover bellen?', 'That should have gone better. May a colleague call you about it?', '3', 'nothing', 'agent', 0, null, 8, false, 0, 0),
    (9, 9, 'person', 'argument', 'De bond gaat mee naar elk werk', 'The union goes along to any work', 'Ook in de nieuwe sector, met dezelfde rechten.', 'Also in the new sector, with the same rights.',
     'Uw lidmaatschap gaat gewoon mee. Uw rechten op hulp ook.', 'Your membership simply goes along. Your rights to help too.', '4', 'nothing', 'agent', 0, null, 9, false, 0, 0),
    (10, 10, 'person', 'argument', 'Opgebouwde rechten', 'Rights built up', 'Wie later terugkomt, begint met rechtshulp opnieuw.', 'Who comes back later begins anew with legal aid.',
     'Wie later terugkomt, bouwt het recht op rechtshulp opnieuw op.', 'Who comes back later builds up the right to legal aid anew.', '4,6,7', 'nothing', 'agent', 0, 2, 10, false, 0, 0),
    (101, 101, 'organisation', 'service', 'Een bezoek van een collega', 'A visit of a colleague', 'Wie weggaat zonder gesprek, hoorde vaak al lang niets.', 'Who leaves without a talk mostly heard nothing for long.',
     'Mag een collega langskomen om te horen wat u mist?', 'May a colleague come by to hear what you miss?', '', 'nothing', 'agent', 0, null, 1, false, 0, 0),
    (102, 102, 'organisation', 'argument', 'Wat het lidmaatschap oplevert', 'What the membership brings', 'Energie, verzuim, franchisezaken: reken het voor.', 'Energy, absence, franchise matters: work it out.',
     'Zal ik laten zien wat het lidmaatschap u vorig jaar heeft opgeleverd?', 'Shall I show what the membership brought you last year?', '103,104', 'nothing', 'agent', 0, null, 2, false, 0, 0);
insert into knowledge_articles (id, nr, title_nl, title_en, body_nl, body_en, owner_id, expires_on, ended, made_by, made_at) values
    (1, 1, 'Het pensioentarief', 'The pensioner tariff',
     'Wie de AOW-leeftijd bereikt, betaalt **vanaf de eerste incasso op of na die dag** het pensioentarief. Het lid hoeft niets te doen: wij kennen de geboortedatum.

- Eerder stoppen met werken is nog geen AOW. Tot die tijd geldt het gewone tarief, of een lager tarief met bewijs.
- De dienstverlening blijft dezelfde.',
     'Whoever reaches the state pension age pays the pensioner tariff **from the first collection on or after that day**. The member need not do anything: we know the birth date.

- To stop working earlier is not the state pension yet. Until then the usual tariff holds, or a lower one with proof.
- The service stays the same.', null, '2027-12-31', false, 0, 0),
    (2, 2, 'Wat we doen voor wie niet meer werkt', 'What we do for who does not work any more',
     '- Pensioenoverzicht nakijken
- Hulp bij de belastingaangifte
- Opkomen voor koopkracht en indexatie bij de pensioenfondsen
- Rechtshulp, ook over de laatste werkgever',
     '- Looking at the pension statement
- Help with the tax return
- Standing up for purchasing power and indexation at the pension funds
- Legal aid, also about the last employer', null, '2027-12-31', false, 0, 0),
    (3, 3, 'Minder betalen', 'Paying less',
     'Een lager tarief hangt af van inkomen, studie of uitkering. Daar is **bewijs** voor nodig, behalve bij AOW. Verrekenen kan tot zes maanden terug.

Via de werkgever kan een deel van de contributie fiscaal terugkomen. Wijs op de jaaropgave.',
     'A lower tariff hangs on income, study or benefit. **Proof** is needed for it, except for the state pension. It is settled back up to six months.

Part of the contribution can come back through the employer. Point to the yearly statement.', null, '2027-12-31', false, 0, 0);
-- One membership that somebody wants to end; one kind for every way in which a notice comes (docs/states-membership.md §1). A
-- membership that was withdrawn leaves no row (S3), its case stays.
-- owner: retention
create table cancellation_cases (
    id              id   primary key,
    membership_id   id   not null,
    person_id       id   references people (id),
    organisation_id id   references organisations (id),
    channel         text not null check (channel in ('phone', 'mail', 'web', 'letter', 'visit', 'employer', 'heir')),
    received_on     text not null,
    wished_on       text,
    state           text not null check (state in ('open', 'offered', 'kept', 'ended', 'taken_back')),
    reason_nr       int,
    words           text not null,
    avoidable       flag,
    no_offers       flag not null,
    ends_on         text,
    ended_as        text check (ended_as in ('cancelled', 'deceased', 'transfer')),
    because         text,
    terms_id        id   references notice_terms (id),
    right_id        id   references leave_rights (id),
    due_cents       int,
    kept_with       int,
    aftercare_on    text,
    attempt_id      id,
    owner_id        id,
    team_id         id,
    opened_by       id   not null,
    opened_at       int  not null,
    decided_by      id,
    decided_on      text,
    decided_at      int,
    member_kind     text not null,
    stays_on        text,
    year_on         text,
    version         int  not null,
    check ((person_id is null) <> (organisation_id is null)),
    check ((state in ('kept', 'ended', 'taken_back')) = (decided_at is not null)),
    check (state not in ('ended', 'taken_back') or (ends_on is not null and ended_as is not null))
);
create unique index cancellation_cases_open on cancellation_cases (membership_id) where state in ('open', 'offered');
create index cancellation_cases_membership on cancellation_cases (membership_id, id);
create index cancellation_cases_person on cancellation_cases (person_id, id) where person_id is not null;
create index cancellation_cases_decided on cancellation_cases (reason_nr, decided_on) where decided_on is not null;
-- Each time somebody said that the membership is to end: the first opens a case, the others are added to it.
-- owner: retention
create table cancellation_notices (
    id          id   primary key,
    case_id     id   not null references cancellation_cases (id),
    channel     text not null,
    received_on text not null,
    wished_on   text,
    told_by     id   not null,
    told_at     int  not null
);
create index cancellation_notices_case on cancellation_notices (case_id, id);
-- What was brought forward in a case. An offer is counted against the member's wish.
-- owner: retention
create table case_arguments (
    case_id     id   not null references cancellation_cases (id),
    argument_nr int  not null,
    is_offer    flag not null,
    by_user     id   not null,
    at          int  not null,
    primary key (case_id, argument_nr)
);
create index case_arguments_nr on case_arguments (argument_nr, case_id);
