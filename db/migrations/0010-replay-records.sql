create table replay_records (
  record_hash bytea       primary key,
  expires_at  timestamptz not null
);

create index replay_records_expiry on replay_records (expires_at);

comment on table  replay_records             is 'What may be presented once: ids of DPoP proofs and of client assertions.';
comment on column replay_records.record_hash is 'SHA-256 of the purpose, whose id it is, and the id.';
comment on column replay_records.expires_at  is 'What it stands for is refused after; kept longer, since clocks differ.';
