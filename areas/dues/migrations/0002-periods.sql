-- What every membership owed for the periods that begin on a day was written down, by one press: some thousand at a time,
-- those of persons first, behind `filled_until`. Pressed again it looks again; what was asked stays (P1). Who began since the press of
-- the month before, `begun_from`, is asked for the rest of that period.
-- owner: dues
create table due_periods (
    id                id   primary key,
    day               text not null,
    due_on            text not null check (due_on >= day),
    begun_from        text not null,
    state             text not null check (state in ('filling', 'made')),
    holder            text not null check (holder in ('person', 'organisation')),
    filled_until      id   not null,
    row_count         int  not null,
    cents             int  not null,
    told              int  not null,
    made_by           id   not null,
    made_at           int  not null
);
create unique index due_periods_filling on due_periods (day) where state = 'filling';
create index due_periods_day on due_periods (day, id);
-- Who was not asked, and why: so many.
-- owner: dues
create table due_period_left (
    period_id         id   not null references due_periods (id),
    why               text not null,
    row_count         int  not null,
    primary key (period_id, why)
);
-- Of whom no tariff says what they owe; as many as somebody looks through.
-- owner: dues
create table due_period_unpriced (
    period_id         id   not null references due_periods (id),
    membership_id     id   not null,
    primary key (period_id, membership_id)
);
-- How far the log was followed; one row.
-- owner: dues
create table dues_followed (
    id                id   primary key,
    event_id          id   not null
);
