alter table api_keys add column replaces uuid references api_keys on delete set null;

create index api_keys_replaces on api_keys (replaces) where replaces is not null;

comment on column api_keys.replaces is 'The key whose place it took, as long as there is one; it is not replaced itself while that one works.';
