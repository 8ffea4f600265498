alter table api_keys add column held_at timestamptz;

comment on column api_keys.held_at             is 'Set: an administrator suspended it, and only an administrator lets it work again.';
comment on column api_keys.requests_per_minute is 'Calls it may make; null: what its person may. Its owner can only lower it.';
