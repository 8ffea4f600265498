create table signing_keys (
  kid         text        primary key,
  algorithm   text        not null check (algorithm in ('ES256', 'RS256')),
  public_jwk  jsonb       not null,
  private_jwk text        not null,
  created_at  timestamptz not null default now(),
  retired_at  timestamptz
);

comment on table  signing_keys             is 'Keys that sign ID tokens.';
comment on column signing_keys.kid         is 'RFC 7638 thumbprint.';
comment on column signing_keys.algorithm   is 'JWS algorithm.';
comment on column signing_keys.public_jwk  is 'What the JWKS publishes.';
comment on column signing_keys.private_jwk is 'JWE under SECRET_KEY; its header names the key id.';
comment on column signing_keys.created_at  is 'Creation.';
comment on column signing_keys.retired_at  is 'Set: published no longer.';
