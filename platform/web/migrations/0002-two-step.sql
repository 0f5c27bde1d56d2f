-- Codes for whoever lost the telephone with the app: each works once, and only hashes are kept.
-- owner: web
create table recovery_codes (
    user_id      id    not null references users (id),
    code_hash    bytes not null,
    primary key (user_id, code_hash)
);
