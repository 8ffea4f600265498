alter table clients add column requests_per_minute int check (requests_per_minute > 0);

comment on column clients.requests_per_minute is 'Calls of the external API for all its users together; null: no limit of its own.';

create index clients_allowed_origins on clients using gin (allowed_origins);

-- Unlogged: after a crash everybody begins to count anew, which is worth half the cost of a count.
create unlogged table rate_limits (
  key    varchar(255) primary key,
  points integer      not null default 0,
  expire bigint
);

create index rate_limits_expire on rate_limits (expire);

comment on table  rate_limits        is 'Calls counted by rate-limiter-flexible, which names the columns.';
comment on column rate_limits.key    is 'Rule, digest of whom it counts, and window.';
comment on column rate_limits.points is 'Calls so far.';
comment on column rate_limits.expire is 'Milliseconds since the epoch; worthless after.';
