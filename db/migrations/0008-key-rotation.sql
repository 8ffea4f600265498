alter table signing_keys
  add column active_from timestamptz default now(),
  add column revoked_at  timestamptz,
  alter column private_jwk drop not null;

update signing_keys
   set active_from = created_at;

create unique index signing_keys_waiting on signing_keys (algorithm)
 where active_from is null and revoked_at is null;

comment on column signing_keys.active_from is 'Signs from then, until a later one of its algorithm does; null: published and waiting for its turn.';
comment on column signing_keys.retired_at  is 'Set: published no longer; the last token it signed is dead.';
comment on column signing_keys.revoked_at  is 'Set: taken away by a person; nothing it signed is accepted.';
comment on column signing_keys.private_jwk is 'JWE under SECRET_KEY; its header names the key id. Erased when nothing needs it any more.';

alter table refresh_tokens
  add column successor_key text;

comment on column refresh_tokens.successor_key is 'Id of the key that its successor is derived with, from the first redemption on; a repetition uses the same one.';
