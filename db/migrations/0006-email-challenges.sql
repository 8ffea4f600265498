create table email_challenges (
  id            uuid        primary key,
  purpose       text        not null check (purpose in ('sign_up', 'verify_email', 'reset_password', 'set_password', 'first_admin')),
  account_id    uuid        references accounts on delete cascade,
  email         text,
  email_key     text,
  name          text,
  password_hash text,
  locale        text,
  link_hash     bytea       not null unique,
  code_hash     bytea,
  browser_hash  bytea,
  attempts      integer     not null default 0,
  continue_to   text,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz not null,
  used_at       timestamptz
);

create index email_challenges_email on email_challenges (email_key) where email_key is not null;
create index email_challenges_account on email_challenges (account_id) where account_id is not null;
create index email_challenges_expiry on email_challenges (expires_at);

comment on table  email_challenges               is 'Links and codes sent by mail, and the set-up link of a first administrator.';
comment on column email_challenges.id            is 'Handle in our own addresses; proves nothing.';
comment on column email_challenges.purpose       is 'What a right answer does.';
comment on column email_challenges.account_id    is 'Whose; null for a sign-up, whose account does not exist before the answer.';
comment on column email_challenges.email         is 'Address the mail went to, as typed.';
comment on column email_challenges.email_key     is 'Its normalised form.';
comment on column email_challenges.name          is 'sign_up: the name to give the account.';
comment on column email_challenges.password_hash is 'sign_up: the password to give the account, argon2id.';
comment on column email_challenges.locale        is 'Language of the mail.';
comment on column email_challenges.link_hash     is 'SHA-256 of the link''s 256-bit secret.';
comment on column email_challenges.code_hash     is 'HMAC of the six digits under a server key; five attempts.';
comment on column email_challenges.browser_hash  is 'SHA-256 of the cookie of the browser that asked; only it goes on by itself.';
comment on column email_challenges.attempts      is 'Wrong codes so far.';
comment on column email_challenges.continue_to   is 'Own path where the original request goes on.';
comment on column email_challenges.created_at    is 'Sent.';
comment on column email_challenges.expires_at    is 'Refused after.';
comment on column email_challenges.used_at       is 'Set once, by one conditional update.';
