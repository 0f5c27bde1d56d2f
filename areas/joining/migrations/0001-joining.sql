-- Sign-ups: somebody becomes a member, and confirms it or not (docs/states-membership.md §2). What it costs and when it began is
-- written down as it was said. `membership_id` refers to no row once the sign-up was withdrawn or lapsed: it is as if the membership
-- had never begun (S3). `form_key` is made by the form: sent twice it is one sign-up (S1).
-- owner: joining
create table sign_ups (
    id             id   primary key,
    form_key       text not null,
    person_id      id   not null references people (id),
    is_new_person  flag not null,
    membership_id  id   not null,
    mandate_id     id   references mandates (id),
    method         text not null check (method in ('phone_out', 'phone_in', 'web', 'visit')),
    way            text not null check (way in ('email', 'sms', 'letter', 'paper')),
    state          text not null check (state in ('provisional', 'confirmed', 'withdrawn', 'lapsed')),
    starts_on      text not null,
    tariff_version id   not null,
    tariff_class   text not null,
    cents          int  not null,
    per            text not null,
    usual_cents    int  not null,
    intro_until    text,
    consent_id     id   references consents (id),
    needs_parent   flag not null,
    parent         text not null,
    parent_at      int,
    referral_code  text not null,
    attempt_id     id,
    team_id        id,
    made_by        id   not null,
    made_at        int  not null,
    rule           text not null,
    remind_on      text,
    lapse_on       text,
    withdraw_until text,
    confirmed_at   int,
    confirmed_how  text check ((confirmed_how is null) = (confirmed_at is null)),
    ended_at       int  check ((ended_at is not null) = (state in ('withdrawn', 'lapsed'))),
    version        int  not null,
    check (state <> 'provisional' or (lapse_on is not null and confirmed_at is null)),
    check (state <> 'confirmed' or confirmed_at is not null),
    check (state = 'provisional' or remind_on is null)
);
create unique index sign_ups_key on sign_ups (form_key);
create index sign_ups_person on sign_ups (person_id, id);
create index sign_ups_membership on sign_ups (membership_id);
create index sign_ups_remind on sign_ups (remind_on, id) where remind_on is not null;
create index sign_ups_open on sign_ups (lapse_on, id) where state = 'provisional';
-- The texts that were shown or read out, by version, with the values that stood in them: each can be shown again word for word (S2).
-- owner: joining
create table sign_up_texts (
    sign_up_id   id   not null references sign_ups (id),
    wording_id   id   not null references wordings (id),
    shown_values text not null,
    primary key (sign_up_id, wording_id)
);
-- The number that the next new member gets. Whoever signs up holds this row: two who do so at once see each other.
-- owner: joining
create table member_numbers (
    id   id  primary key,
    next int not null
);
insert into member_numbers (id, next) values (1, 1);
