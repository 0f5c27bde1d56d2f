-- What a membership costs: decision tables in versions. A draft may be changed and thrown away; once set, a version and its rows
-- are never changed, so that an amount that was computed can be explained for ever. Amounts are whole cents, never percentages.
-- owner: membership
create table tariff_tables (
    id                 id   primary key,
    holder             text not null check (holder in ('person', 'organisation')),
    state              text not null check (state in ('draft', 'set')),
    per                text not null check (per in ('month', 'quarter', 'half_year', 'year')),
    pro_rata           text not null check (pro_rata in ('none', 'month', 'day')),
    surcharge          int  not null check (surcharge >= 0),
    intro_months       int  check (intro_months between 1 and 24),
    intro_cents        int  check ((intro_cents is null) = (intro_months is null)),
    intro_not_classes  text not null,
    intro_not_transfer flag not null,
    intro_not_within   int,
    valid_from         text not null,
    source             text not null,
    grade              text not null check (grade in ('A', 'B', 'C', 'D', 'U')),
    made_by            id   not null,
    made_at            int  not null,
    set_by             id,
    set_at             int  check ((set_at is null) = (state = 'draft'))
);
create index tariff_tables_holder on tariff_tables (holder, state, valid_from);
-- One draft at a time: two who change a tariff change the same one.
create unique index tariff_tables_draft on tariff_tables (holder) where state = 'draft';
create unique index tariff_tables_day on tariff_tables (holder, valid_from) where state = 'set';
-- The first row that holds decides. Lists of codes are written with commas between.
-- owner: membership
create table tariff_rows (
    id             id   primary key,
    table_id       id   not null references tariff_tables (id),
    position       int  not null,
    class          text not null,
    name_nl        text not null,
    name_en        text not null,
    cents          int  not null check (cents >= 0),
    each_branch    int  not null check (each_branch >= 0),
    age_from       int,
    age_until      int,
    pension        flag,
    situations     text not null,
    kinds          text not null,
    income_from    int,
    income_until   int,
    hours_from     int,
    hours_until    int,
    branches_from  int,
    branches_until int,
    floor_from     int,
    floor_until    int,
    needs_proof    flag not null,
    unique (table_id, position)
);
-- What a new version would do to everybody, as it was computed before it was set.
-- owner: membership
create table tariff_simulations (
    table_id id   primary key references tariff_tables (id),
    result   text not null,
    made_by  id   not null,
    made_at  int  not null
);
-- What a holder told about work, income or the company. What was told is ended or proved, never rewritten.
-- owner: membership
create table situations (
    id              id   primary key,
    person_id       id   references people (id),
    organisation_id id   references organisations (id),
    situation       text not null,
    from_on         text not null,
    until_on        text,
    value           int,
    proof_until     text,
    told_by         id   not null,
    told_at         int  not null,
    check ((person_id is null) <> (organisation_id is null)),
    check (until_on is null or from_on <= until_on)
);
create index situations_person on situations (person_id) where person_id is not null;
create index situations_organisation on situations (organisation_id) where organisation_id is not null;
-- The introductory months of a membership: both days included, paid once.
-- owner: membership
create table membership_phases (
    membership_id id   primary key references memberships (id),
    table_id      id   not null references tariff_tables (id),
    from_on       text not null,
    until_on      text not null,
    cents         int  not null
);

-- on sqlite:
create trigger tariff_tables_are_followed before update on tariff_tables when old.state = 'set'
    begin select raise(abort, 'D1: a tariff that is set is followed by its next version, not changed'); end;
create trigger tariff_rows_are_followed before update on tariff_rows
    begin select raise(abort, 'D1: a tariff that is set is followed by its next version, not changed'); end;
create trigger tariff_rows_stay before delete on tariff_rows
    when exists (select 1 from tariff_tables t where t.id = old.table_id and t.state = 'set')
    begin select raise(abort, 'D1: a tariff that is set is followed by its next version, not changed'); end;
-- on postgresql:
create function tariffs_are_followed() returns trigger language plpgsql as $$
    begin raise exception 'D1: a tariff that is set is followed by its next version, not changed'; end $$;
create trigger tariff_tables_are_followed before update on tariff_tables for each row
    when (old.state = 'set') execute function tariffs_are_followed();
create trigger tariff_rows_are_followed before update on tariff_rows for each row
    execute function tariffs_are_followed();
create function tariff_rows_of_set_stay() returns trigger language plpgsql as $$
    begin
        if exists (select 1 from tariff_tables t where t.id = old.table_id and t.state = 'set') then
            raise exception 'D1: a tariff that is set is followed by its next version, not changed';
        end if;
        return old;
    end $$;
create trigger tariff_rows_stay before delete on tariff_rows for each row execute function tariff_rows_of_set_stay();
-- on both:

insert into tariff_tables (id, holder, state, per, pro_rata, surcharge, intro_months, intro_cents, intro_not_classes, intro_not_transfer, intro_not_within, valid_from, source, grade, made_by, made_at, set_by, set_at) values
    (1, 'person', 'set', 'month', 'none', 0, null, null, '', false, null, '2017-01-01', 'Voorbeeld: FNV Kiem, fnv-kiem.nl, 2016/17', 'B', 0, 0, 0, 0),
    (2, 'person', 'set', 'month', 'none', 0, 4, 2500, 'youth,student', true, 12, '2019-01-01', 'Voorbeeld: lokaalfnv.nl, december 2018', 'B', 0, 0, 0, 0),
    (3, 'person', 'set', 'month', 'none', 100, 4, 2500, 'youth,student', true, 12, '2022-07-01', 'Voorbeeld: fnv.nl, FAQ contributie, 2022', 'B', 0, 0, 0, 0),
    (4, 'person', 'set', 'month', 'none', 100, 4, 2500, 'youth,student', true, 12, '2024-01-01', 'Voorbeeld: fnv.nl/contributie, 2024; inkomensgrenzen en jongerenbedrag van eerder, controleer', 'U', 0, 0, 0, 0),
    (5, 'organisation', 'set', 'year', 'month', 0, null, null, '', false, null, '2018-01-01', 'Voorbeeld van een brancheorganisatie: bedragen verzonnen', 'U', 0, 0, 0, 0);
insert into tariff_rows (id, table_id, position, class, name_nl, name_en, cents, each_branch, age_from, age_until, pension, situations, kinds, income_from, income_until, hours_from, hours_until, branches_from, branches_until, floor_from, floor_until, needs_proof) values
    (101, 1, 1, 'youth', 'Jongerentarief', 'Youth', 208, 0, null, 22, null, '', '', null, null, null, null, null, null, null, null, false),
    (102, 1, 2, 'student', 'Studententarief', 'Student', 208, 0, null, null, null, 'student', '', null, null, null, null, null, null, null, null, true),
    (103, 1, 3, 'pension', 'Pensioentarief', 'Pensioner', 810, 0, null, null, true, '', '', null, null, null, null, null, null, null, null, false),
    (104, 1, 4, 'half', 'Half tarief', 'Half', 810, 0, null, null, null, 'benefit', '', null, null, null, null, null, null, null, null, true),
    (105, 1, 5, 'half', 'Half tarief', 'Half', 810, 0, null, null, null, '', '', null, 77579, null, null, null, null, null, null, false),
    (106, 1, 6, 'three_quarter', 'Driekwart tarief', 'Three quarters', 1215, 0, null, null, null, '', '', 77580, 155159, null, null, null, null, null, null, false),
    (107, 1, 7, 'full', 'Vol tarief', 'Full', 1620, 0, null, null, null, '', '', null, null, null, null, null, null, null, null, false),
    (201, 2, 1, 'youth', 'Jongerentarief', 'Youth', 208, 0, null, 22, null, '', '', null, null, null, null, null, null, null, null, false),
    (202, 2, 2, 'student', 'Studententarief', 'Student', 208, 0, null, null, null, 'student', '', null, null, null, null, null, null, null, null, true),
    (203, 2, 3, 'pension', 'Pensioentarief', 'Pensioner', 847, 0, null, null, true, '', '', null, null, null, null, null, null, null, null, false),
    (204, 2, 4, 'half', 'Half tarief', 'Half', 847, 0, null, null, null, 'benefit', '', null, null, null, null, null, null, null, null, true),
    (205, 2, 5, 'half', 'Half tarief', 'Half', 847, 0, null, null, null, '', '', null, 80749, null, null, null, null, null, null, false),
    (206, 2, 6, 'three_quarter', 'Driekwart tarief', 'Three quarters', 1270, 0, null, null, null, '', '', 80750, 161579, null, null, null, null, null, null, false),
    (207, 2, 7, 'full', 'Vol tarief', 'Full', 1693, 0, null, null, null, '', '', null, null, null, null, null, null, null, null, false),
    (301, 3, 1, 'exempt', 'Vrijstelling', 'Exempt', 0, 0, null, null, null, 'debt', '', null, null, null, null, null, null, null, null, true),
    (302, 3, 2, 'youth', 'Jongerentarief', 'Youth', 208, 0, null, 22, null, '', '', null, null, null, null, null, null, null, null, false),
    (303, 3, 3, 'student', 'Studententarief', 'Student', 208, 0, null, null, null, 'student', '', null, null, null, null, null, null, null, null, true),
    (304, 3, 4, 'pension', 'Pensioentarief', 'Pensioner', 888, 0, null, null, true, '', '', null, null, null, null, null, null, null, null, false),
    (305, 3, 5, 'quarter', 'Kwart tarief', 'Quarter', 444, 0, null, null, null, 'participation', '', null, null, null, null, null, null, null, null, true),
    (306, 3, 6, 'half', 'Half tarief', 'Half', 888, 0, null, null, null, 'not_working,benefit', '', null, null, null, null, null, null, null, null, true),
    (307, 3, 7, 'half', 'Half tarief', 'Half', 888, 0, null, null, null, '', '', null, 87809, null, null, null, null, null, null, false),
    (308, 3, 8, 'three_quarter', 'Driekwart tarief', 'Three quarters', 1332, 0, null, null, null, '', '', 87810, 175619, null, null, null, null, null, null, false),
    (309, 3, 9, 'full', 'Vol tarief', 'Full', 1775, 0, null, null, null, '', '', null, null, null, null, null, null, null, null, false),
    (401, 4, 1, 'exempt', 'Vrijstelling', 'Exempt', 0, 0, null, null, null, 'debt', '', null, null, null, null, null, null, null, null, true),
    (402, 4, 2, 'youth', 'Jongerentarief', 'Youth', 208, 0, null, 22, null, '', '', null, null, null, null, null, null, null, null, false),
    (403, 4, 3, 'student', 'Studententarief', 'Student', 208, 0, null, null, null, 'student', '', null, null, null, null, null, null, null, null, true),
    (404, 4, 4, 'pension', 'Pensioentarief', 'Pensioner', 961, 0, null, null, true, '', '', null, null, null, null, null, null, null, null, false),
    (405, 4, 5, 'quarter', 'Kwart tarief', 'Quarter', 481, 0, null, null, null, 'participation', '', null, null, null, null, null, null, null, null, true),
    (406, 4, 6, 'half', 'Half tarief', 'Half', 961, 0, null, null, null, 'not_working,benefit', '', null, null, null, null, null, null, null, null, true),
    (407, 4, 7, 'half', 'Half tarief', 'Half', 961, 0, null, null, null, '', 'deeltijd', null, null, null, null, null, null, null, null, false),
    (408, 4, 8, 'half', 'Half tarief', 'Half', 961, 0, null, null, null, '', '', null, 87809, null, null, null, null, null, null, false),
    (409, 4, 9, 'three_quarter', 'Driekwart tarief', 'Three quarters', 1441, 0, null, null, null, '', '', 87810, 175619, null, null, null, null, null, null, false),
    (410, 4, 10, 'full', 'Vol tarief', 'Full', 1922, 0, null, null, null, '', '', null, null, null, null, null, null, null, null, false),
    (501, 5, 1, 'large', 'Grootwinkelbedrijf', 'Multiple retailer', 250000, 0, null, null, null, '', '', null, null, null, null, 10, null, null, null, false),
    (502, 5, 2, 'shop_small', 'Winkel tot 400 m²', 'Shop below 400 m²', 42000, 9500, null, null, null, '', '', null, null, null, null, null, null, null, 399, false),
    (503, 5, 3, 'shop_middle', 'Winkel van 400 tot 1.000 m²', 'Shop of 400 to 1,000 m²', 61000, 9500, null, null, null, '', '', null, null, null, null, null, null, 400, 999, false),
    (504, 5, 4, 'shop_large', 'Winkel vanaf 1.000 m²', 'Shop of 1,000 m² and more', 89000, 9500, null, null, null, '', '', null, null, null, null, null, null, 1000, null, false),
    (505, 5, 5, 'base', 'Basiscontributie', 'Base', 42000, 9500, null, null, null, '', '', null, null, null, null, null, null, null, null, false);
