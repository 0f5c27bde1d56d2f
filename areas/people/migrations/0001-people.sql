-- The people of the member base: members, former members, prospects and contact persons. Whether
-- somebody is a member is not here: it follows from the dates of memberships.
-- What is compared is kept folded beside what was written, because two databases fold differently.
-- owner: people
create table people (
    id                 id   primary key,
    member_number      text,
    member_number_fold text,
    external_id        text,
    initials           text not null,
    first_name         text not null,
    call_name          text not null,
    prefix             text not null,
    surname            text not null,
    sort_key           text not null,
    sex                text check (sex in ('f', 'm', 'x')),
    birth_date         text,
    street             text not null,
    house_number       int,
    addition           text not null,
    postcode           text not null,
    town               text not null,
    country            text not null,
    email              text not null,
    email_fold         text not null,
    sector             text not null,
    employer           text not null,
    occupation         text not null,
    source             text not null,
    interest           text not null,
    language           text not null,
    death_reported_at  int,
    created_at         int  not null,
    changed_at         int  not null,
    version            int  not null
);
create unique index people_member_number on people (member_number_fold) where member_number_fold is not null;
create unique index people_external_id on people (external_id) where external_id is not null;
create index people_sort on people (sort_key, id);
create index people_postcode on people (postcode, house_number) where postcode <> '';
create index people_email on people (email_fold) where email_fold <> '';

-- Telephone numbers as rows, each with its own quality. `number` is E.164 and empty where what was
-- written cannot be called; `reversed` serves the last digits from an index.
-- owner: people
create table phones (
    id           id   primary key,
    person_id    id   not null references people (id),
    kind         text not null check (kind in ('mobile', 'phone')),
    position     int  not null,
    written      text not null,
    number       text,
    reversed     text,
    unusable_at  int,
    unusable_why text check ((unusable_at is null) = (unusable_why is null))
);
create index phones_person on phones (person_id, position);
create index phones_number on phones (number) where number is not null;
create index phones_reversed on phones (reversed) where reversed is not null;

-- The words of every name, for search as you type.
-- owner: people
create table name_tokens (
    token        text not null,
    person_id    id   not null,
    primary key (token, person_id)
); -- clustered
create index name_tokens_person on name_tokens (person_id, token);

-- What a person allowed, for what and through what, with the proof of it (Telecommunicatiewet art.
-- 11.7; the supervisor wants it tied to the person). `basis` other than consent is a ground of lid 5.
-- owner: people
create table consents (
    id           id   primary key,
    person_id    id   not null references people (id),
    purpose      text not null check (purpose in ('any', 'recruitment', 'retention', 'service', 'newsletter')),
    channel      text not null check (channel in ('phone', 'email', 'sms', 'post')),
    basis        text not null check (basis in ('consent', 'donation', 'volunteer', 'event')),
    given_at     int  not null,
    text_shown   text not null,
    source       text not null,
    withdrawn_at int,
    made_by      id   not null,
    made_at      int  not null
);
create unique index consents_open on consents (person_id, purpose, channel, basis) where withdrawn_at is null;

-- What a person does not want. It takes effect at once, in every campaign.
-- owner: people
create table objections (
    id           id   primary key,
    person_id    id   not null references people (id),
    channel      text not null check (channel in ('phone', 'email', 'sms', 'post')),
    made_at      int  not null,
    source       text not null,
    withdrawn_at int,
    made_by      id   not null
);
create unique index objections_open on objections (person_id, channel) where withdrawn_at is null;

-- Contact that did not come through the desk: a brochure asked for, a letter, a meeting. Calls are in
-- the log of events; the timeline of a person shows both.
-- owner: people
create table contacts (
    id           id   primary key,
    person_id    id   not null references people (id),
    kind         text not null check (kind in ('brochure', 'web_form', 'question', 'mail', 'letter', 'call', 'visit', 'meeting', 'poll', 'other')),
    subject      text not null,
    source       text not null,
    happened_at  int  not null,
    import_key   text,
    made_by      id   not null
);
create index contacts_person on contacts (person_id, happened_at);
create unique index contacts_import on contacts (import_key) where import_key is not null;
