create table accounts (
  id                  uuid        primary key,
  email               text        not null,
  email_key           text        not null unique,
  email_verified_at   timestamptz,
  name                text        not null default '',
  timezone            text        not null default 'UTC',
  locale              text,
  password_hash       text,
  password_changed_at timestamptz,
  roles               text[]      not null default '{}' check (roles <@ array['admin']),
  disabled_at         timestamptz,
  created_at          timestamptz(3) not null default now(),
  updated_at          timestamptz not null default now()
);

create index accounts_newest on accounts (created_at desc, id desc);

comment on table  accounts                     is 'People who can sign in.';
comment on column accounts.id                  is 'The subject: sub, user_id and /me''s id everywhere.';
comment on column accounts.email               is 'As the person typed it; mail goes to this form.';
comment on column accounts.email_key           is 'Normalised form (web/email-address.ts); what a login is looked up by.';
comment on column accounts.email_verified_at   is 'When control of the mailbox was shown; null: no app receives the address.';
comment on column accounts.name                is 'Display name, free text, always escaped.';
comment on column accounts.timezone            is 'IANA zone name, the zoneinfo claim.';
comment on column accounts.locale              is 'Preferred language tag for mail, when known.';
comment on column accounts.password_hash       is 'argon2id PHC string; null: no password set yet.';
comment on column accounts.password_changed_at is 'When the password was last set.';
comment on column accounts.roles               is 'admin: may use the admin pages and API.';
comment on column accounts.disabled_at         is 'Set: cannot sign in, sessions and tokens are dead.';
comment on column accounts.created_at          is 'Row creation, to the millisecond that a page cursor can hold.';
comment on column accounts.updated_at          is 'Last change of the profile.';
