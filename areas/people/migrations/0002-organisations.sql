-- Organisations: concerns, companies, their branches and retail formulas, as a tree; and the people who
-- speak for them, with the dates of their role. The legal form decides whether a call needs a ground.
-- owner: people
create table organisations (
    id            id   primary key,
    parent_id     id   references organisations (id),
    kind          text not null check (kind in ('concern', 'company', 'branch', 'formula')),
    name          text not null,
    sort_key      text not null,
    external_id   text,
    member_number text,
    kvk           text not null,
    branch_number text not null,
    legal_form    text not null,
    formula       text not null,
    sector        text not null,
    street        text not null,
    house_number  int,
    addition      text not null,
    postcode      text not null,
    town          text not null,
    country       text not null,
    phone         text,
    phone_written text not null,
    email         text not null,
    created_at    int  not null,
    changed_at    int  not null,
    version       int  not null
);
create index organisations_sort on organisations (sort_key, id);
create index organisations_parent on organisations (parent_id) where parent_id is not null;
create unique index organisations_branch on organisations (kvk, branch_number) where kvk <> '';
create unique index organisations_external on organisations (external_id) where external_id is not null;
create index organisations_phone on organisations (phone) where phone is not null;

-- owner: people
create table contact_persons (
    id              id   primary key,
    organisation_id id   not null references organisations (id),
    person_id       id   not null references people (id),
    role            text not null,
    from_on         text,
    until_on        text,
    created_at      int  not null
);
create unique index contact_persons_open on contact_persons (organisation_id, person_id) where until_on is null;
create index contact_persons_person on contact_persons (person_id);
