create table consents (
  id         uuid        primary key,
  account_id uuid        not null references accounts on delete cascade,
  client_id  uuid        not null references clients on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, client_id)
);

create index consents_client on consents (client_id);

comment on table  consents            is 'What a person allowed a client; outlives token families.';
comment on column consents.id         is 'Key.';
comment on column consents.account_id is 'Who allowed it.';
comment on column consents.client_id  is 'Whom it was allowed.';
comment on column consents.created_at is 'First yes.';
comment on column consents.updated_at is 'Last yes or narrowing.';

create table consent_scopes (
  consent_id uuid        not null references consents on delete cascade,
  scope      text        not null,
  granted_at timestamptz not null default now(),
  primary key (consent_id, scope)
);

comment on table  consent_scopes            is 'The scopes of a consent, identity scopes among them.';
comment on column consent_scopes.consent_id is 'The consent.';
comment on column consent_scopes.scope      is 'A name from the scope table (provider/scopes.ts).';
comment on column consent_scopes.granted_at is 'When it was ticked.';

create table token_families (
  id         uuid        primary key,
  consent_id uuid        not null references consents on delete cascade,
  created_at timestamptz not null default now(),
  ended_at   timestamptz,
  end_reason text
);

create index token_families_consent on token_families (consent_id);

comment on table  token_families            is 'Everything that came from one authorization code; dies as one.';
comment on column token_families.id         is 'Key; the provider''s grant id is f_ and this.';
comment on column token_families.consent_id is 'The consent it stands on; gone with it.';
comment on column token_families.created_at is 'When the code was issued.';
comment on column token_families.ended_at   is 'Set: every code and token of the family is dead.';
comment on column token_families.end_reason is 'Why: revoked, code_reuse, refresh_reuse, password_change, ….';

create table authorization_codes (
  code_hash             bytea       primary key,
  family_id             uuid        not null references token_families on delete cascade,
  scope                 text        not null,
  redirect_uri          text        not null,
  code_challenge        text,
  code_challenge_method text,
  nonce                 text,
  auth_time             timestamptz not null,
  details               jsonb       not null default '{}',
  issued_at             timestamptz not null default now(),
  expires_at            timestamptz not null,
  consumed_at           timestamptz
);

create index authorization_codes_family on authorization_codes (family_id);
create index authorization_codes_expiry on authorization_codes (expires_at);

comment on table  authorization_codes                       is 'One-time codes (RFC 6749 4.1.2).';
comment on column authorization_codes.code_hash             is 'SHA-256 of the code.';
comment on column authorization_codes.family_id             is 'The family it begins.';
comment on column authorization_codes.scope                 is 'Scopes of the request, space separated.';
comment on column authorization_codes.redirect_uri          is 'Must be repeated at the token endpoint.';
comment on column authorization_codes.code_challenge        is 'PKCE (RFC 7636 4.3).';
comment on column authorization_codes.code_challenge_method is 'S256.';
comment on column authorization_codes.nonce                 is 'For the ID token.';
comment on column authorization_codes.auth_time             is 'When the person signed in.';
comment on column authorization_codes.details               is 'Rare members of the model: acr, amr, claims, resource, sid, sessionUid, ….';
comment on column authorization_codes.issued_at             is 'Issued.';
comment on column authorization_codes.expires_at            is 'Refused after; kept longer to see a replay.';
comment on column authorization_codes.consumed_at           is 'Set once, by one conditional update.';

create table access_tokens (
  token_hash bytea       primary key,
  family_id  uuid        references token_families on delete cascade,
  client_id  uuid        references clients on delete cascade,
  scope      text        not null,
  gty        text,
  details    jsonb       not null default '{}',
  issued_at  timestamptz not null default now(),
  expires_at timestamptz not null,
  check ((family_id is null) <> (client_id is null))
);

create index access_tokens_family on access_tokens (family_id) where family_id is not null;
create index access_tokens_client on access_tokens (client_id) where client_id is not null;
create index access_tokens_expiry on access_tokens (expires_at);

comment on table  access_tokens            is 'Opaque access tokens, agpt_xt_…; a revoked one is deleted.';
comment on column access_tokens.token_hash is 'SHA-256 of the token.';
comment on column access_tokens.family_id  is 'Family of a person''s token.';
comment on column access_tokens.client_id  is 'Owner of a machine''s token (client credentials), which has no family.';
comment on column access_tokens.scope      is 'Scopes at issue; what counts is this and the consent''s.';
comment on column access_tokens.gty        is 'Grant type it came from, the provider''s spelling.';
comment on column access_tokens.details    is 'Rare members of the model: aud, claims, extra, sid, sessionUid, cnf, ….';
comment on column access_tokens.issued_at  is 'Issued.';
comment on column access_tokens.expires_at is 'Dead after.';

create table refresh_tokens (
  token_hash      bytea       primary key,
  family_id       uuid        not null references token_families on delete cascade,
  scope           text        not null,
  gty             text,
  nonce           text,
  auth_time       timestamptz,
  rotations       integer     not null default 0,
  details         jsonb       not null default '{}',
  first_issued_at timestamptz not null,
  issued_at       timestamptz not null default now(),
  expires_at      timestamptz not null,
  consumed_at     timestamptz
);

create index refresh_tokens_family on refresh_tokens (family_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

comment on table  refresh_tokens                 is 'Refresh tokens, agpt_rt_…, rotated at each use.';
comment on column refresh_tokens.token_hash      is 'SHA-256 of the token.';
comment on column refresh_tokens.family_id       is 'Its family.';
comment on column refresh_tokens.scope           is 'Scopes of the original request.';
comment on column refresh_tokens.gty             is 'Grant types it came from, the provider''s spelling.';
comment on column refresh_tokens.nonce           is 'Repeated in refreshed ID tokens.';
comment on column refresh_tokens.auth_time       is 'When the person signed in.';
comment on column refresh_tokens.rotations       is 'How often the family was refreshed.';
comment on column refresh_tokens.details         is 'Rare members of the model: acr, amr, claims, resource, sid, sessionUid, ….';
comment on column refresh_tokens.first_issued_at is 'Issue of the family''s first refresh token.';
comment on column refresh_tokens.issued_at       is 'Issued.';
comment on column refresh_tokens.expires_at      is 'Dead after.';
comment on column refresh_tokens.consumed_at     is 'First redemption; the retry window counts from it and never slides.';
