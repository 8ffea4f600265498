create table api_keys (
  id                  uuid        primary key,
  account_id          uuid        not null references accounts on delete cascade,
  name                text        not null,
  key_hash            bytea       not null unique,
  hint                text        not null,
  scopes              text[]      not null,
  allowed_addresses   text[]      not null default '{}',
  requests_per_minute int         check (requests_per_minute > 0),
  created_at          timestamptz not null default now(),
  expires_at          timestamptz not null,
  suspended_at        timestamptz,
  replaced_at         timestamptz,
  last_used_at        timestamptz
);

create index api_keys_account on api_keys (account_id, created_at);

comment on table  api_keys                     is 'Keys that people make for their own scripts; a revoked one has no row.';
comment on column api_keys.id                  is 'Key.';
comment on column api_keys.account_id          is 'Whose it is, and for whom it acts.';
comment on column api_keys.name                is 'What its owner calls it.';
comment on column api_keys.key_hash            is 'SHA-256 of the key.';
comment on column api_keys.hint                is 'Its last four characters, to tell keys apart.';
comment on column api_keys.scopes              is 'Names from the scope table (provider/scopes.ts); never widened.';
comment on column api_keys.allowed_addresses   is 'Addresses or networks (CIDR) it may come from; empty: any.';
comment on column api_keys.requests_per_minute is 'Calls it may make; null: what its person may.';
comment on column api_keys.created_at          is 'Made.';
comment on column api_keys.expires_at          is 'Refused from then on.';
comment on column api_keys.suspended_at        is 'Set: refused until its owner lets it work again.';
comment on column api_keys.replaced_at         is 'Set: its owner made a new one in its place; both work until this one expires.';
comment on column api_keys.last_used_at        is 'The last call it was good for, to the minute or so.';
