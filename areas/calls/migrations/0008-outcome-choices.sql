-- What an agent can choose at the end of a call: results (`parent` empty), and reasons under them. A choice that is
-- changed gets a next version; a version is never changed, so an outcome keeps the words that the agent saw. `code`
-- is what it counts as; the program came with one result for each.
-- owner: calls
create table outcome_choices (
    id           id   primary key,
    nr           int  not null,
    version      int  not null,
    parent       int,
    code         text not null,
    label_nl     text not null check (length(label_nl) between 1 and 40),
    label_en     text not null check (length(label_en) between 1 and 40),
    hotkey       text not null check (length(hotkey) <= 1),
    place        int  not null,
    is_folded    flag not null,
    then_what    text not null check (then_what in ('as_usual', 'again', 'done')),
    again_minutes int check ((then_what = 'again') = (again_minutes is not null)),
    tries_max    int  check ((then_what = 'again') = (tries_max is not null)),
    is_offered   flag not null,
    made_by      id   references users (id),
    made_at      int  not null,
    -- Counts every change of the tree: two at the same moment do not both hold.
    edit         int  not null
);
create unique index outcome_choices_version on outcome_choices (nr, version);
create unique index outcome_choices_edit on outcome_choices (edit);
alter table outcomes add
    result_id id references outcome_choices (id);
alter table outcomes add
    reason_id id references outcome_choices (id);
create index outcomes_chosen on outcomes (logged_at, result_id, reason_id);

insert into outcome_choices (id, nr, version, parent, code, label_nl, label_en, hotkey, place, is_folded, then_what, is_offered, made_at,
                             edit) values
    (1, 1, 1, null, 'joined', 'Aangemeld', 'Joined', 'a', 1, false, 'as_usual', true, 0, 1),
    (2, 2, 1, null, 'retained', 'Behouden', 'Retained', 'b', 2, false, 'as_usual', true, 0, 2),
    (3, 3, 1, null, 'callback', 'Terugbellen', 'Call back', 't', 3, false, 'as_usual', true, 0, 3),
    (4, 4, 1, null, 'not_interested', 'Geen interesse', 'Not interested', 'i', 4, false, 'as_usual', true, 0, 4),
    (5, 5, 1, null, 'no_answer', 'Geen gehoor', 'No answer', 'g', 5, false, 'as_usual', true, 0, 5),
    (6, 6, 1, null, 'cancelled', 'Opzegging vastleggen', 'Record cancellation', 'z', 6, false, 'as_usual', true, 0, 6),
    (7, 7, 1, null, 'voicemail', 'Voicemail ingesproken', 'Left a voicemail', 'v', 7, true, 'as_usual', true, 0, 7),
    (8, 8, 1, null, 'busy', 'In gesprek', 'Busy', '', 8, true, 'as_usual', true, 0, 8),
    (9, 9, 1, null, 'wrong_number', 'Verkeerd nummer', 'Wrong number', '', 9, true, 'as_usual', true, 0, 9),
    (10, 10, 1, null, 'other_language', 'Spreekt andere taal', 'Speaks another language', '', 10, true, 'as_usual', true, 0, 10),
    (11, 11, 1, null, 'deceased', 'Overleden', 'Deceased', '', 11, true, 'as_usual', true, 0, 11),
    (12, 12, 1, null, 'objection', 'Bezwaar, niet meer bellen', 'Objection, no more calls', '', 12, false, 'as_usual', true, 0, 12),
    (13, 13, 1, 4, 'not_interested', 'Te duur', 'Too expensive', '', 1, false, 'as_usual', true, 0, 13),
    (14, 14, 1, 4, 'not_interested', 'Nu niet', 'Not now', '', 2, false, 'as_usual', true, 0, 14),
    (15, 15, 1, 4, 'not_interested', 'Al lid van een andere bond', 'Member of another union', '', 3, false, 'as_usual', true, 0, 15);

-- on sqlite:
create trigger outcome_choices_are_followed before update on outcome_choices
    begin select raise(abort, 'INV15: a choice is followed by its next version, not changed'); end;
-- on postgresql:
create function outcome_choices_are_followed() returns trigger language plpgsql as $$
    begin raise exception 'INV15: a choice is followed by its next version, not changed'; end $$;
create trigger outcome_choices_are_followed before update on outcome_choices for each row
    execute function outcome_choices_are_followed();
