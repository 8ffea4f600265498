create table session_devices (
  uid          text        primary key,
  account_id   uuid        not null references accounts on delete cascade,
  user_agent   text        not null,
  ip           text        not null,
  signed_in_at timestamptz not null default now(),
  expires_at   timestamptz not null
);

create index session_devices_account on session_devices (account_id);
create index session_devices_expiry on session_devices (expires_at);

comment on table  session_devices              is 'From where people signed in, to tell their sessions apart.';
comment on column session_devices.uid          is 'sessions.uid; a session without a row here began before this table.';
comment on column session_devices.account_id   is 'Who signed in.';
comment on column session_devices.user_agent   is 'What the browser said of itself, cut at 500 characters; never believed.';
comment on column session_devices.ip           is 'Address at the last sign-in.';
comment on column session_devices.signed_in_at is 'The last sign-in of this session.';
comment on column session_devices.expires_at   is 'No session lasts longer.';
