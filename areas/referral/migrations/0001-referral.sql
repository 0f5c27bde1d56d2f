-- A member's code, to be passed on. One, for as long as the member is known: what was printed once works for ever.
-- owner: referral
create table referral_codes (
    id          id   primary key,
    person_id   id   not null references people (id),
    code        text not null check (length(code) = 7),
    made_by     id   not null,
    made_at     int  not null
);
create unique index referral_codes_code on referral_codes (code);
create unique index referral_codes_person on referral_codes (person_id);
-- Invitations that a member got to pass on. Of whoever they are passed on to, nothing is kept.
-- owner: referral
create table referral_invitations (
    id          id   primary key,
    person_id   id   not null references people (id),
    channel     text not null check (channel in ('email', 'sms', 'card')),
    number      int  not null check (number between 1 and 20),
    given_by    id   not null,
    given_at    int  not null
);
create index referral_invitations_person on referral_invitations (person_id, id);
create index referral_invitations_given on referral_invitations (given_at);
-- Who joined with whose code: one referrer per new member, never oneself (R1). The amount and the rule it came from are those
-- of the day of joining (D1). A sign-up that is withdrawn may take its membership along, so nothing refers to it.
-- owner: referral
create table referrals (
    id             id   primary key,
    referrer_id    id   not null references people (id),
    person_id      id   not null references people (id),
    membership_id  id   not null,
    state          text not null check (state in ('joined', 'earned', 'paid', 'not_earned', 'taken_back')),
    joined_on      text not null,
    cents          int  not null check (cents > 0),
    rule           text not null,
    claw_until     text not null,
    earned_on      text,
    why            text check ((why is null) = (state not in ('not_earned', 'taken_back'))),
    ended_on       text check ((ended_on is null) = (why is null)),
    made_at        int  not null,
    check (referrer_id <> person_id),
    check (earned_on is not null or state in ('joined', 'not_earned')),
    check (why in ('withdrawn', 'lapsed', 'left', 'money_back', 'over_limit', 'referrer_gone'))
);
create unique index referrals_membership on referrals (membership_id);
create unique index referrals_person on referrals (person_id) where state = 'joined';
create index referrals_referrer on referrals (referrer_id, id);
create index referrals_state on referrals (state, id);
create index referrals_joined on referrals (joined_on);
create index referrals_earned on referrals (earned_on) where earned_on is not null;
-- What a referrer is paid, over all lines that are open: dues pays it (`due_id`), once.
-- owner: referral
create table referral_payments (
    id           id   primary key,
    person_id    id   not null references people (id),
    cents        int  not null check (cents > 0),
    due_id       id   not null references dues (id),
    made_by      id   not null,
    made_at      int  not null
);
create unique index referral_payments_due on referral_payments (due_id);
-- What a referrer has to come: a premium that was earned, and one that is taken back as a line below zero. A line is open until
-- a payment takes it along, and in one payment at most.
-- owner: referral
create table referral_lines (
    id           id   primary key,
    referral_id  id   not null references referrals (id),
    person_id    id   not null references people (id),
    kind         text not null check (kind in ('premium', 'clawback')),
    cents        int  not null check ((cents > 0) = (kind = 'premium') and cents <> 0),
    payment_id   id   references referral_payments (id),
    made_at      int  not null
);
create unique index referral_lines_once on referral_lines (referral_id, kind);
create index referral_lines_open on referral_lines (person_id) where payment_id is null;
create index referral_lines_payment on referral_lines (payment_id) where payment_id is not null;
-- Who takes no part because of a seat on the board; staff is known by its accounts.
-- owner: referral
create table referral_board (
    id           id   primary key,
    person_id    id   not null references people (id),
    made_by      id   not null,
    made_at      int  not null,
    ended_by     id,
    ended_at     int  check ((ended_at is null) = (ended_by is null))
);
create unique index referral_board_person on referral_board (person_id) where ended_at is null;
-- A member who said "not now": a colleague asks again on a day, or whoever comes first where that colleague left. About the
-- member, never about whoever could be recruited.
-- owner: referral
create table referral_reminders (
    id           id   primary key,
    person_id    id   not null references people (id),
    due_on       text not null,
    owner_id     id   references users (id),
    made_by      id   not null,
    made_at      int  not null,
    done_by      id,
    done_at      int  check ((done_at is null) = (done_by is null))
);
create unique index referral_reminders_person on referral_reminders (person_id) where done_at is null;
create index referral_reminders_owner on referral_reminders (owner_id, due_on) where done_at is null;
-- on sqlite:
create trigger referrals_stay before update of referrer_id, person_id, membership_id, joined_on, cents, rule, claw_until on referrals
    begin select raise(abort, 'D1: what was promised on the day of joining stays'); end;
create trigger referral_lines_stay before update of referral_id, person_id, kind, cents on referral_lines
    begin select raise(abort, 'a line of a premium is followed, not changed'); end;
create trigger referral_lines_once_paid before update of payment_id on referral_lines when old.payment_id is not null
    begin select raise(abort, 'a premium is paid once'); end;
-- on postgresql:
create function referrals_stay() returns trigger language plpgsql as $$
    begin raise exception 'D1: what was promised on the day of joining stays'; end $$;
create trigger referrals_stay before update of referrer_id, person_id, membership_id, joined_on, cents, rule, claw_until on referrals
    for each row execute function referrals_stay();
create function referral_lines_stay() returns trigger language plpgsql as $$
    begin raise exception 'a line of a premium is followed, not changed'; end $$;
create trigger referral_lines_stay before update of referral_id, person_id, kind, cents on referral_lines
    for each row execute function referral_lines_stay();
create function referral_lines_once_paid() returns trigger language plpgsql as $$
    begin raise exception 'a premium is paid once'; end $$;
create trigger referral_lines_once_paid before update of payment_id on referral_lines
    for each row when (old.payment_id is not null) execute function referral_lines_once_paid();
-- on both:
