create table consent_notices (
  link_hash  bytea       primary key,
  consent_id uuid        not null references consents on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create index consent_notices_consent on consent_notices (consent_id);
create index consent_notices_expiry on consent_notices (expires_at);

comment on table  consent_notices            is 'Links in mails about a new app, each of which ends what was allowed there.';
comment on column consent_notices.link_hash  is 'SHA-256 of the link''s 256-bit secret.';
comment on column consent_notices.consent_id is 'What it ends; gone with it.';
comment on column consent_notices.created_at is 'Sent.';
comment on column consent_notices.expires_at is 'Refused after; the account''s own page has no such limit.';

alter table email_challenges drop constraint email_challenges_purpose_check;
alter table email_challenges add constraint email_challenges_purpose_check check (purpose in (
  'sign_up', 'verify_email', 'reset_password', 'set_password', 'first_admin', 'change_email'));
