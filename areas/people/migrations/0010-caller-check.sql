-- Before anything is shown to a voice on the telephone or changed for it, that voice says facts that we know. What was said is
-- never kept, only which facts were right and how many were wrong. Whoever may speak for a member stands in a table of its own,
-- with what was seen that says so; whoever was ended stays, because it says who spoke then.
-- owner: people
create table representatives (
    id          id   primary key,
    person_id   id   not null references people (id),
    name        text not null check (length(name) between 1 and 200),
    relation    text not null check (relation in ('family', 'administrator', 'guardian', 'heir')),
    may_know    flag not null,
    may_change  flag not null,
    may_cancel  flag not null,
    from_on     text not null,
    until_on    text check (until_on >= from_on),
    proof       text not null check (length(proof) between 1 and 200),
    seen_on     text not null,
    added_by    id   not null references users (id),
    added_at    int  not null,
    ended_by    id   references users (id),
    ended_at    int  check ((ended_at is null) = (ended_by is null)),
    check (may_know or may_change or may_cancel)
);
create index representatives_person on representatives (person_id);

-- One try. It passed as long as it is valid; the member was on the line where no representative is named.
-- owner: people
create table caller_checks (
    id                id   primary key,
    person_id         id   not null references people (id),
    user_id           id   not null references users (id),
    representative_id id   references representatives (id),
    right_facts       text not null,
    wrong             int  not null check (wrong >= 0),
    checked_at        int  not null,
    valid_until_at    int  check (valid_until_at > checked_at)
);
create index caller_checks_person on caller_checks (person_id, checked_at);
