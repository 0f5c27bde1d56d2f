-- Account numbers, only ever sealed (crate `vault`): `sealed` opens with key `key_nr`, `look_up` is a keyed hash by which
-- a number is found without opening anything. A row never changes but for the key; another number is another row.
-- owner: dues
create table accounts (
    id                id   primary key,
    person_id         id   references people (id),
    organisation_id   id   references organisations (id),
    holder            text not null,
    sealed            bytes not null,
    key_nr            int  not null,
    look_up           text not null,
    country           text not null,
    made_by           id   not null,
    made_at           int  not null,
    check ((person_id is null) <> (organisation_id is null))
);
create index accounts_look_up on accounts (look_up);
create index accounts_person on accounts (person_id, id) where person_id is not null;
create index accounts_organisation on accounts (organisation_id, id) where organisation_id is not null;
-- Under which name, number and account the association collects and pays. Associations that merged have several for a
-- while. A row never changes: what went to the bank under it can be written again.
-- owner: dues
create table creditors (
    id                id   primary key,
    name              text not null,
    creditor_code     text not null,
    sealed            bytes not null,
    key_nr            int  not null,
    made_by           id   not null,
    made_at           int  not null,
    ended_at          int
);
-- Mandates. The reference is unique with the creditor's number; a membership has one open mandate at most. One that was withdrawn
-- leaves no row in `memberships` (S3): what was given and asked for it stays here, for the books.
-- `told_account_id` is the account that the bank last saw under this reference: another one is told as an amendment.
-- owner: dues
create table mandates (
    id                id   primary key,
    membership_id     id   not null,
    person_id         id   references people (id),
    organisation_id   id   references organisations (id),
    account_id        id   not null references accounts (id),
    creditor_code     text not null,
    reference         text not null check (length(reference) between 1 and 35),
    method            text not null check (method in ('voice', 'web', 'paper', 'emandate')),
    moi_safe          flag not null,
    wording_id        id,
    state             text not null check (state in ('provisional', 'signed', 'ended')),
    given_on          text not null,
    signed_on         text,
    last_used_on      text,
    told_account_id   id   references accounts (id),
    blocked_at        int,
    ended_at          int  check ((ended_at is null) = (state <> 'ended')),
    ended_as          text check ((ended_as is null) = (state <> 'ended')),
    made_by           id   not null,
    made_at           int  not null,
    check (state <> 'signed' or signed_on is not null),
    check (ended_as in ('by_member', 'replaced', 'expired', 'refused_by_bank'))
);
create unique index mandates_reference on mandates (creditor_code, reference);
create unique index mandates_open on mandates (membership_id) where ended_at is null;
create index mandates_person on mandates (person_id, id) where person_id is not null;
create index mandates_organisation on mandates (organisation_id, id) where organisation_id is not null;
-- Another account for a mandate, until it is confirmed by another way than the one by which it was asked.
-- owner: dues
create table mandate_amendments (
    id                id   primary key,
    mandate_id        id   not null references mandates (id),
    account_id        id   not null references accounts (id),
    asked_how         text not null,
    asked_by          id   not null,
    asked_at          int  not null,
    confirmed_how     text check (confirmed_how <> asked_how),
    confirmed_by      id,
    confirmed_at      int  check ((confirmed_at is null) = (confirmed_how is null)),
    dropped_at        int  check (dropped_at is null or confirmed_at is null)
);
create unique index mandate_amendments_open on mandate_amendments (mandate_id)
    where confirmed_at is null and dropped_at is null;
-- Amounts that a member owes us or we owe a member, each once per membership, period and purpose. What it was computed
-- by stays with it. `run_id` is the run that it is in or went out with last; `waits_as` says what somebody must do about
-- one that came back; `goes_back_why` that it was collected and must not have been. `planned_on` is the day that the member
-- is told; `due_on` moves when it is tried again.
-- owner: dues
create table dues (
    id                id   primary key,
    kind              text not null check (kind in ('collection', 'pay_out')),
    membership_id     id   not null,
    person_id         id   references people (id),
    organisation_id   id   references organisations (id),
    period            text not null,
    purpose           text not null check (purpose in ('contribution', 'introduction', 'settlement', 'refund', 'referral_bonus')),
    cents             int  not null check (cents > 0),
    tariff_version    id,
    tariff_class      text,
    for_day           text not null,
    planned_on        text not null,
    due_on            text not null,
    announced_on      text,
    account_id        id   references accounts (id),
    against_id        id   references dues (id),
    state             text not null check (state in ('due', 'in_run', 'sent', 'paid', 'returned', 'settled', 'cancelled', 'given_back')),
    run_id            id   check (run_id is not null or state not in ('in_run', 'sent', 'paid', 'settled', 'given_back')),
    tries             int  not null,
    paid_on           text check (paid_on is not null or state not in ('paid', 'settled', 'given_back')),
    returned_on       text,
    returned_code     text,
    waits_as          text,
    waits_since       int  check ((waits_since is null) = (waits_as is null)),
    goes_back_why     text,
    cancelled_why     text check ((cancelled_why is null) = (state <> 'cancelled')),
    made_by           id   not null,
    made_at           int  not null
);
create unique index dues_once on dues (membership_id, period, purpose);
create unique index dues_against on dues (against_id) where against_id is not null and state <> 'cancelled';
create index dues_due on dues (kind, id) where state = 'due';
create index dues_paid on dues (paid_on, id) where state = 'paid';
create index dues_run on dues (run_id, id) where run_id is not null;
create index dues_waits on dues (id) where waits_as is not null;
create index dues_goes_back on dues (id) where goes_back_why is not null;
-- Runs: one day, one direction, one account of ours. `row_count` and `cents` are what the file must come to; `hash` is
-- the file, which is written again from the rows whenever it is asked for.
-- owner: dues
create table payment_runs (
    id                id   primary key,
    kind              text not null check (kind in ('collection', 'pay_out')),
    creditor_id       id   not null references creditors (id),
    day               text not null,
    state             text not null check (state in ('filling', 'made', 'released', 'withdrawn')),
    filled_until      id   not null,
    row_count         int  not null,
    cents             int  not null,
    made_by           id   not null,
    made_at           int  not null,
    released_by       id   check (released_by <> made_by),
    released_at       int  check ((released_at is null) = (state <> 'released')),
    withdrawn_by      id,
    withdrawn_at      int  check ((withdrawn_at is null) = (state <> 'withdrawn')),
    hash              text check ((hash is null) = (state <> 'released')),
    file_bytes        int  check ((file_bytes is null) = (hash is null))
);
create index payment_runs_state on payment_runs (state, id);
-- The rows of a run as they stand in its file. A row that lives keeps its amount out of every other run.
-- owner: dues
create table payment_rows (
    run_id            id   not null references payment_runs (id),
    due_id            id   not null references dues (id),
    end_to_end        text not null,
    account_id        id   not null references accounts (id),
    mandate_id        id   references mandates (id),
    sequence          text not null check (sequence in ('FRST', 'RCUR')),
    amended           flag not null,
    cents             int  not null check (cents > 0),
    remittance        text not null,
    signed_on         text,
    town              text,
    country           text,
    ended_as          text check (ended_as in ('withdrawn', 'taken_out', 'returned')),
    primary key (run_id, due_id)
);
create unique index payment_rows_end_to_end on payment_rows (end_to_end);
create unique index payment_rows_live on payment_rows (due_id) where ended_as is null;
-- What stayed out of a run, and why: so many, of so much.
-- owner: dues
create table payment_left_out (
    run_id            id   not null references payment_runs (id),
    why               text not null,
    row_count         int  not null,
    cents             int  not null,
    primary key (run_id, why)
);
-- Files of the bank that were read. Of other people's payments nothing is kept.
-- owner: dues
create table bank_files (
    id                id   primary key,
    kind              text not null check (kind in ('pain.002', 'camt.053', 'camt.054')),
    name              text not null,
    read_by           id   not null,
    read_at           int  not null,
    booked            int  not null,
    returned          int  not null,
    known             int  not null,
    others            int  not null
);
-- What they said about our rows; `key` names the statement, so that reading a file again changes nothing.
-- owner: dues
create table bank_entries (
    key               text primary key,
    file_id           id   not null references bank_files (id),
    due_id            id   not null references dues (id),
    code              text,
    day               text not null
);
create index bank_entries_file on bank_entries (file_id);
-- on sqlite:
create trigger dues_stay before update of kind, membership_id, period, purpose, cents, tariff_version, tariff_class on dues
    begin select raise(abort, 'an amount stays as it was computed'); end;
create trigger payment_runs_stay before update on payment_runs
    when old.state in ('released', 'withdrawn')
    begin select raise(abort, 'a run that went out or was withdrawn stays so'); end;
create trigger payment_rows_stay before update of end_to_end, account_id, mandate_id, sequence, amended, cents, remittance, signed_on, town, country on payment_rows
    begin select raise(abort, 'a row of a run stays as it was written'); end;
-- on postgresql:
create function dues_stay() returns trigger language plpgsql as $$
    begin raise exception 'an amount stays as it was computed'; end $$;
create trigger dues_stay before update of kind, membership_id, period, purpose, cents, tariff_version, tariff_class on dues
    for each row execute function dues_stay();
create function payment_runs_stay() returns trigger language plpgsql as $$
    begin raise exception 'a run that went out or was withdrawn stays so'; end $$;
create trigger payment_runs_stay before update on payment_runs for each row
    when (old.state in ('released', 'withdrawn'))
    execute function payment_runs_stay();
create function payment_rows_stay() returns trigger language plpgsql as $$
    begin raise exception 'a row of a run stays as it was written'; end $$;
create trigger payment_rows_stay before update of end_to_end, account_id, mandate_id, sequence, amended, cents, remittance, signed_on, town, country on payment_rows
    for each row execute function payment_rows_stay();
-- on both:
