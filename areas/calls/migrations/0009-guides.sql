-- Conversation guides: steps with questions, in versions that are never changed. A campaign has one, a theme has one;
-- a call keeps the one that its agent chose. Answers belong to the claim, like the note.
-- owner: calls
create table guides (
    id           id   primary key,
    name         text not null check (length(name) between 1 and 60),
    theme        text not null check (length(theme) <= 60),
    -- The theme in small letters: what is compared.
    theme_key    text not null,
    team_id      id   references teams (id),
    made_by      id   not null,
    made_at      int  not null,
    ended_at     int
);
create unique index guides_theme on guides (coalesce(team_id, 0), theme_key) where ended_at is null and theme_key <> '';

-- owner: calls
create table guide_versions (
    id           id   primary key,
    guide_id     id   not null references guides (id),
    version      int  not null,
    made_by      id   not null references users (id),
    made_at      int  not null
);
create unique index guide_versions_number on guide_versions (guide_id, version);

-- owner: calls
create table guide_steps (
    version_id   id   not null references guide_versions (id),
    nr           int  not null,
    place        int  not null,
    title        text not null,
    say          text not null,
    hints        text not null,
    question     text not null,
    several      flag not null,
    after_step   int,
    after_answer int  check ((after_step is null) = (after_answer is null)),
    primary key (version_id, nr)
);

-- owner: calls
create table guide_options (
    version_id   id   not null references guide_versions (id),
    step         int  not null,
    nr           int  not null,
    place        int  not null,
    text         text not null,
    primary key (version_id, step, nr)
);

-- owner: calls
create table guide_answers (
    claim_id     id   not null references claims (id),
    version_id   id   not null references guide_versions (id),
    step         int  not null,
    answer       int  not null,
    person_id    id   not null references people (id),
    agent_id     id   not null references users (id),
    saved_at     int  not null,
    primary key (claim_id, version_id, step, answer)
);
create index guide_answers_person on guide_answers (person_id, claim_id);
create index guide_answers_version on guide_answers (version_id, saved_at);

alter table campaigns add
    guide_id id references guides (id);
alter table claims add
    guide_id id references guides (id);

-- on sqlite:
create trigger guide_steps_are_followed before update on guide_steps
    begin select raise(abort, 'INV15: a guide is followed by its next version, not changed'); end;
create trigger guide_options_are_followed before update on guide_options
    begin select raise(abort, 'INV15: a guide is followed by its next version, not changed'); end;
-- on postgresql:
create function guides_are_followed() returns trigger language plpgsql as $$
    begin raise exception 'INV15: a guide is followed by its next version, not changed'; end $$;
create trigger guide_steps_are_followed before update on guide_steps for each row
    execute function guides_are_followed();
create trigger guide_options_are_followed before update on guide_options for each row
    execute function guides_are_followed();
