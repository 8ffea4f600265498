alter table consents       add column last_used_at timestamptz;
alter table consent_scopes add column last_used_at timestamptz;

comment on column consents.last_used_at       is 'The last call of the API that stood on it, to the minute or so.';
comment on column consent_scopes.last_used_at is 'The last call of the API that needed this scope.';
