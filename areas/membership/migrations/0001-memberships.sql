-- Memberships of persons and of organisations. Whether somebody is a member is never stored: it
-- follows from these dates, so no nightly job can forget it.
-- `ends_on` is the last day of the membership; an unknown first day counts as long ago.
-- owner: membership
create table memberships (
    id              id   primary key,
    person_id       id   references people (id),
    organisation_id id,
    tariff          text not null,
    starts_on       text,
    ends_on         text,
    created_at      int  not null,
    check ((person_id is null) <> (organisation_id is null)),
    check (starts_on is null or ends_on is null or starts_on <= ends_on)
);
create index memberships_person on memberships (person_id, starts_on, ends_on) where person_id is not null;
create index memberships_organisation on memberships (organisation_id) where organisation_id is not null;
