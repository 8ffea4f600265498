create table audit_events (
  seq        bigint      generated always as identity primary key,
  id         uuid        not null unique,
  at         timestamptz not null default now(),
  kind       text        not null,
  actor_type text        not null check (actor_type in ('user', 'admin', 'admin_token', 'client', 'system', 'anonymous')),
  actor_id   uuid,
  account_id uuid,
  client_id  uuid,
  request_id text,
  ip         text,
  details    jsonb       not null default '{}'
);

create index audit_events_account on audit_events (account_id, seq desc) where account_id is not null;
create index audit_events_client on audit_events (client_id, seq desc) where client_id is not null;
create index audit_events_actor on audit_events (actor_id, seq desc) where actor_id is not null;
create index audit_events_kind on audit_events (kind, seq desc);

comment on table  audit_events            is 'What happened; outlives the rows it speaks of.';
comment on column audit_events.seq        is 'Order.';
comment on column audit_events.id         is 'Key for the admin API.';
comment on column audit_events.at         is 'When.';
comment on column audit_events.kind       is 'subject.event, such as app.created or login.failed.';
comment on column audit_events.actor_type is 'Who did it.';
comment on column audit_events.actor_id   is 'The account or client that did it.';
comment on column audit_events.account_id is 'The account it was done to.';
comment on column audit_events.client_id  is 'The client it was done to (clients.id).';
comment on column audit_events.request_id is 'Joins with the log.';
comment on column audit_events.ip         is 'Address of the caller.';
comment on column audit_events.details    is 'Small facts; never a secret.';
