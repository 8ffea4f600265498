create table outgoing_mails (
  id         uuid        primary key,
  kind       text        not null,
  sealed     text        not null,
  attempts   integer     not null default 0,
  due_at     timestamptz not null default now(),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create index outgoing_mails_due on outgoing_mails (due_at);

comment on table  outgoing_mails            is 'Mail that has not left yet; gone once a mail server took it, or when it is given up.';
comment on column outgoing_mails.id         is 'Key.';
comment on column outgoing_mails.kind       is 'What it is about, for log and audit trail.';
comment on column outgoing_mails.sealed     is 'Address and text, encrypted: there are codes and links in it.';
comment on column outgoing_mails.attempts   is 'How often a server has tried to send it.';
comment on column outgoing_mails.due_at     is 'When the next server may try; pushed on by the one that tries.';
comment on column outgoing_mails.created_at is 'Asked for.';
comment on column outgoing_mails.expires_at is 'After this nobody can do anything with it: given up.';
