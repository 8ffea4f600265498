create table sessions (
  session_hash   bytea       primary key,
  uid            text        not null,
  account_id     uuid        references accounts on delete cascade,
  signed_in_at   timestamptz,
  acr            text,
  amr            text[],
  transient      boolean     not null default false,
  authorizations jsonb       not null default '{}',
  pending_logout text,
  created_at     timestamptz not null default now(),
  expires_at     timestamptz not null
);

create index sessions_uid on sessions (uid);
create index sessions_account on sessions (account_id) where account_id is not null;
create index sessions_expiry on sessions (expires_at);

comment on table  sessions                is 'Browser sessions at this server.';
comment on column sessions.session_hash   is 'SHA-256 of the cookie''s value.';
comment on column sessions.uid            is 'Stays the same when the cookie is renewed; no credential. Two tabs renewing at once may hold two rows.';
comment on column sessions.account_id     is 'Who is signed in; null: nobody yet.';
comment on column sessions.signed_in_at   is 'auth_time; the absolute limit counts from it.';
comment on column sessions.acr            is 'Authentication context class.';
comment on column sessions.amr            is 'Authentication methods (RFC 8176).';
comment on column sessions.transient      is 'Cookie ends with the browser.';
comment on column sessions.authorizations is 'Per client_id: sid and consent, for logout and ID tokens.';
comment on column sessions.pending_logout is 'JWE: the state of a logout that waits for its yes.';
comment on column sessions.created_at     is 'First seen.';
comment on column sessions.expires_at     is 'Idle limit, never past the absolute one.';

create table interactions (
  interaction_hash bytea       primary key,
  client_id        text,
  prompt           text,
  payload          text        not null,
  created_at       timestamptz not null default now(),
  expires_at       timestamptz not null
);

create index interactions_expiry on interactions (expires_at);

comment on table  interactions                  is 'Authorization requests that wait for a person.';
comment on column interactions.interaction_hash is 'SHA-256 of the interaction''s uid.';
comment on column interactions.client_id        is 'OAuth client_id of the request, for people who look.';
comment on column interactions.prompt           is 'login or consent.';
comment on column interactions.payload          is 'JWE of the provider''s model: the request, its state and nonce.';
comment on column interactions.created_at       is 'First prompt.';
comment on column interactions.expires_at       is 'Given up after.';
