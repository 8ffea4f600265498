-- On a big installation, run both by hand before the upgrade, the index concurrently: each of them
-- then finds its work done (docs/decisions/0013-expired-rows.md).
alter table token_families
  add column if not exists review_at timestamptz not null default now() + interval '1 day';

create index if not exists token_families_review on token_families (review_at);

comment on column token_families.review_at is 'When to look next whether anything of it can still matter; if not, it is removed.';
comment on table  authorization_codes is 'One-time codes (RFC 6749 4.1.2). They stay as long as their family: a code that comes again ends it.';
