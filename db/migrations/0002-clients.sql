create table clients (
  id                        uuid        primary key,
  client_id                 text        not null unique check (client_id like 'agpt\_client\_%'),
  name                      text        not null check (char_length(name) between 1 and 100),
  description               text        not null default '',
  type                      text        not null check (type in ('web', 'spa', 'native', 'machine')),
  grant_types               text[]      not null,
  redirect_uris             text[]      not null default '{}',
  post_logout_redirect_uris text[]      not null default '{}',
  allowed_origins           text[]      not null default '{}',
  scopes                    text[]      not null default '{}',
  optional_scopes           text[]      not null default '{}' check (optional_scopes <@ scopes),
  website                   text,
  logo_url                  text,
  privacy_url               text,
  terms_url                 text,
  owner_id                  uuid        references accounts on delete cascade,
  id_token_alg              text        not null default 'ES256' check (id_token_alg in ('ES256', 'RS256')),
  access_token_format       text        not null default 'opaque' check (access_token_format in ('opaque', 'jwt')),
  require_pkce              boolean     not null default true,
  resource_server           boolean     not null default false,
  approved_at               timestamptz,
  disabled_at               timestamptz,
  created_at                timestamptz(3) not null default now(),
  updated_at                timestamptz not null default now()
);

create index clients_newest on clients (created_at desc, id desc);
create index clients_owner on clients (owner_id) where owner_id is not null;

comment on table  clients                           is 'Registered apps (OAuth clients).';
comment on column clients.id                        is 'Key of the admin API and of foreign keys.';
comment on column clients.client_id                 is 'Public OAuth identifier, agpt_client_….';
comment on column clients.name                      is 'Shown on the consent page, free text, always escaped.';
comment on column clients.description               is 'One paragraph for people.';
comment on column clients.type                      is 'web has a secret; spa and native are public; machine has no users.';
comment on column clients.grant_types               is 'OAuth grant types the client may use.';
comment on column clients.redirect_uris             is 'Exact strings; loopback literals match any port (RFC 8252 7.3).';
comment on column clients.post_logout_redirect_uris is 'Where RP-initiated logout may return to.';
comment on column clients.allowed_origins           is 'Origins that may call token and user endpoints from a browser (CORS).';
comment on column clients.scopes                    is 'Platform scopes the client may ask for; identity scopes need no registration.';
comment on column clients.optional_scopes           is 'Those that a person may untick on the consent page.';
comment on column clients.website                   is 'Home page.';
comment on column clients.logo_url                  is 'Picture for the consent page.';
comment on column clients.privacy_url               is 'Privacy policy, linked on the consent page.';
comment on column clients.terms_url                 is 'Terms of service, linked on the consent page.';
comment on column clients.owner_id                  is 'Publisher; null: the platform itself.';
comment on column clients.id_token_alg              is 'Signature of its ID tokens.';
comment on column clients.access_token_format       is 'opaque (recallable) or jwt (RFC 9068, five minutes).';
comment on column clients.require_pkce              is 'false only where an administrator lifted PKCE for a confidential client.';
comment on column clients.resource_server           is 'May introspect tokens of other clients.';
comment on column clients.approved_at               is 'When an administrator approved it; null: the consent page warns.';
comment on column clients.disabled_at               is 'Set: every request and token of the client is refused.';
comment on column clients.created_at                is 'Registration, to the millisecond that a page cursor can hold.';
comment on column clients.updated_at                is 'Last change.';

create table client_secrets (
  id          uuid        primary key,
  client_id   uuid        not null references clients on delete cascade,
  secret_hash bytea       not null unique,
  hint        text        not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz
);

create index client_secrets_client on client_secrets (client_id);

comment on table  client_secrets             is 'Secrets of confidential clients; two at once let a rotation have no gap.';
comment on column client_secrets.id          is 'Key for the admin API.';
comment on column client_secrets.client_id   is 'The client it belongs to.';
comment on column client_secrets.secret_hash is 'SHA-256 of the secret, which has 256 random bits.';
comment on column client_secrets.hint        is 'Last four characters, to tell secrets apart.';
comment on column client_secrets.created_at  is 'Creation.';
comment on column client_secrets.expires_at  is 'End of an overlap; null: until it is deleted.';
