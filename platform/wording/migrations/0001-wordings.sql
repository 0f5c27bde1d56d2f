-- What we write to members and ask them to agree to, in versions: an administrator adds one from a day on, and what was
-- shown once can be shown again word for word (S2). None is changed or taken out.
-- `address` is how the reader is spoken to; English has one way.
-- owner: wording
create table wordings (
    id           id   primary key,
    key          text not null,
    language     text not null check (language in ('nl', 'en')),
    address      text not null check (address in ('u', 'je')),
    version      int  not null,
    title        text not null,
    body         text not null,
    source       text not null,
    grade        text not null check (grade in ('A', 'B', 'C', 'U', 'D')),
    valid_from   text not null,
    changed_by   id,
    changed_at   int  not null
);
create unique index wordings_version on wordings (key, language, address, version);

-- on sqlite:
create trigger wordings_are_followed before update on wordings
    begin select raise(abort, 'S2: a text is followed by its next version, not changed'); end;
create trigger wordings_stay before delete on wordings
    begin select raise(abort, 'S2: a text is followed by its next version, not changed'); end;
-- on postgresql:
create function wordings_are_followed() returns trigger language plpgsql as $$
    begin raise exception 'S2: a text is followed by its next version, not changed'; end $$;
create trigger wordings_are_followed before update or delete on wordings for each row
    execute function wordings_are_followed();
