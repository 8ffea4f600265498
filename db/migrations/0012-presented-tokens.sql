-- A function, because planning these joins takes ten times what running them does: its plans are
-- made once for each connection, without any state of a session that PgBouncer would have to know.
-- No view, which would hold on to its tables when they are replaced by partitioned ones.
create function presented_tokens(kind text, hashes text[], callers text[])
  returns table (n int, caller_type text, caller_is_resource_server boolean, caller_secrets text,
                 account_id uuid, email text, email_verified boolean, name text, timezone text,
                 client_id text, allowed_origins text[], scope text, consent_scopes text,
                 details jsonb, issued_at int, expires_at int)
  language plpgsql stable set plan_cache_mode = force_generic_plan
as $function$
#variable_conflict use_column
begin
  if kind = 'user' then
    return query
      select asked.n::int, k.type, k.resource_server,
             (select string_agg(encode(s.secret_hash, 'hex'), ' ')
                from client_secrets s
               where s.client_id = k.id
                 and (s.expires_at is null or s.expires_at > now())),
             t.account_id, t.email, t.email_verified, t.name, t.timezone,
             t.client_id, t.allowed_origins, t.scope, t.consent_scopes, t.details,
             extract(epoch from t.issued_at)::int, extract(epoch from t.expires_at)::int
        from unnest(hashes, callers) with ordinality as asked (hash, caller, n)
        left join clients k on k.client_id = asked.caller and k.disabled_at is null
        left join lateral (
          select t.scope, t.details, t.issued_at, t.expires_at,
                 c.account_id, a.email, a.email_verified_at is not null as email_verified, a.name,
                 a.timezone, cl.client_id, cl.allowed_origins,
                 coalesce((select string_agg(s.scope, ' ')
                             from consent_scopes s
                            where s.consent_id = c.id), '') as consent_scopes
            from access_tokens t
            join token_families f on f.id = t.family_id and f.ended_at is null
            join consents c       on c.id = f.consent_id
            join accounts a       on a.id = c.account_id and a.disabled_at is null
            join clients cl       on cl.id = c.client_id and cl.disabled_at is null
           where t.token_hash = decode(asked.hash, 'hex')
             and t.expires_at > now()) t on true;
  elsif kind = 'refresh' then
    return query
      select asked.n::int, k.type, k.resource_server,
             (select string_agg(encode(s.secret_hash, 'hex'), ' ')
                from client_secrets s
               where s.client_id = k.id
                 and (s.expires_at is null or s.expires_at > now())),
             t.account_id, t.email, t.email_verified, t.name, t.timezone,
             t.client_id, t.allowed_origins, t.scope, t.consent_scopes, t.details,
             extract(epoch from t.issued_at)::int, extract(epoch from t.expires_at)::int
        from unnest(hashes, callers) with ordinality as asked (hash, caller, n)
        left join clients k on k.client_id = asked.caller and k.disabled_at is null
        left join lateral (
          select t.scope, t.details, t.issued_at, t.expires_at,
                 c.account_id, a.email, a.email_verified_at is not null as email_verified, a.name,
                 a.timezone, cl.client_id, cl.allowed_origins,
                 coalesce((select string_agg(s.scope, ' ')
                             from consent_scopes s
                            where s.consent_id = c.id), '') as consent_scopes
            from refresh_tokens t
            join token_families f on f.id = t.family_id and f.ended_at is null
            join consents c       on c.id = f.consent_id
            join accounts a       on a.id = c.account_id and a.disabled_at is null
            join clients cl       on cl.id = c.client_id and cl.disabled_at is null
           where t.token_hash = decode(asked.hash, 'hex')
             and t.expires_at > now()
             and t.consumed_at is null) t on true;
  else
    return query
      select asked.n::int, k.type, k.resource_server,
             (select string_agg(encode(s.secret_hash, 'hex'), ' ')
                from client_secrets s
               where s.client_id = k.id
                 and (s.expires_at is null or s.expires_at > now())),
             null::uuid, null::text, null::boolean, null::text, null::text,
             t.client_id, t.allowed_origins, t.scope, null::text, t.details,
             extract(epoch from t.issued_at)::int, extract(epoch from t.expires_at)::int
        from unnest(hashes, callers) with ordinality as asked (hash, caller, n)
        left join clients k on k.client_id = asked.caller and k.disabled_at is null
        left join lateral (
          select t.scope, t.details, t.issued_at, t.expires_at, cl.client_id, cl.allowed_origins
            from access_tokens t
            join clients cl on cl.id = t.client_id and cl.disabled_at is null
           where t.token_hash = decode(asked.hash, 'hex')
             and t.expires_at > now()) t on true;
  end if;
end
$function$;

comment on function presented_tokens is
  'For each hash the token, if it lives, with the client and the account that it stands on; and the client that asks, if there is one. kind: user, machine or refresh. n: the place of the hash, from 1.';
