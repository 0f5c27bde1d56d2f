-- Law, terms, hours and thresholds as dated data with a source, so that an administrator changes
-- them and the past keeps what was valid then. A change is a row that follows; none is overwritten.
-- owner: rulebook
create table rules (
    id           id   primary key,
    key          text not null,
    value        text not null,
    valid_from   text not null,
    source       text not null,
    grade        text not null check (grade in ('A', 'B', 'C', 'U', 'D')),
    note         text not null,
    changed_by   id,
    changed_at   int  not null
);
create unique index rules_key on rules (key, valid_from, changed_at);

-- Days on which something is different. The flags are independent: a day can be a holiday for legal
-- terms while the office is open.
-- owner: rulebook
create table calendar_days (
    day                 text primary key,
    name                text not null,
    legal_term_holiday  flag not null,
    office_closed       flag not null,
    phone_lines_closed  flag not null,
    outbound_forbidden  flag not null,
    outbound_until      text,
    target2_closed      flag not null,
    source              text not null,
    grade               text not null check (grade in ('A', 'B', 'C', 'U', 'D')),
    changed_by          id,
    changed_at          int  not null
);
