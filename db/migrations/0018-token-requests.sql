-- The statements of the token endpoint as functions, for the reasons of presented_tokens(): planning
-- them takes longer than running them, and a function's plans stay.
--
-- Such a plan must be right for every size of the tables: it may be made while they are empty, or
-- before anything is known about them, and live while they grow. So nothing is left to estimates.
-- Each table is asked for the row of a key, from the token on: `offset 0` keeps the planner from
-- beginning elsewhere, from all accounts for instance, and from taking an index of another condition.

create or replace function presented_tokens(kind text, hashes text[], callers text[])
  returns table (n int, caller_type text, caller_is_resource_server boolean, caller_secrets text,
                 account_id uuid, email text, email_verified boolean, name text, timezone text,
                 client_id text, allowed_origins text[], scope text, consent_scopes text,
                 details jsonb, issued_at int, expires_at int)
  language plpgsql stable
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set jit = off
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
        left join lateral (
          select * from clients where client_id = asked.caller offset 0) k on k.disabled_at is null
        left join lateral (
          select t.scope, t.details, t.issued_at, t.expires_at,
                 c.account_id, a.email, a.email_verified_at is not null as email_verified, a.name,
                 a.timezone, cl.client_id, cl.allowed_origins,
                 coalesce((select string_agg(s.scope, ' ')
                             from consent_scopes s
                            where s.consent_id = c.id), '') as consent_scopes
            from (select * from access_tokens where token_hash = decode(asked.hash, 'hex') offset 0) t
           cross join lateral (select * from token_families where id = t.family_id offset 0) f
           cross join lateral (select * from consents where id = f.consent_id offset 0) c
           cross join lateral (select * from accounts where id = c.account_id offset 0) a
           cross join lateral (select * from clients where id = c.client_id offset 0) cl
           where f.ended_at is null and a.disabled_at is null
             and cl.disabled_at is null
             and t.expires_at > now()
          offset 0) t on true;
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
        left join lateral (
          select * from clients where client_id = asked.caller offset 0) k on k.disabled_at is null
        left join lateral (
          select t.scope, t.details, t.issued_at, t.expires_at,
                 c.account_id, a.email, a.email_verified_at is not null as email_verified, a.name,
                 a.timezone, cl.client_id, cl.allowed_origins,
                 coalesce((select string_agg(s.scope, ' ')
                             from consent_scopes s
                            where s.consent_id = c.id), '') as consent_scopes
            from (select * from refresh_tokens where token_hash = decode(asked.hash, 'hex') offset 0) t
           cross join lateral (select * from token_families where id = t.family_id offset 0) f
           cross join lateral (select * from consents where id = f.consent_id offset 0) c
           cross join lateral (select * from accounts where id = c.account_id offset 0) a
           cross join lateral (select * from clients where id = c.client_id offset 0) cl
           where f.ended_at is null and a.disabled_at is null
             and cl.disabled_at is null
             and t.expires_at > now() and t.consumed_at is null
          offset 0) t on true;
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
        left join lateral (
          select * from clients where client_id = asked.caller offset 0) k on k.disabled_at is null
        left join lateral (
          select t.scope, t.details, t.issued_at, t.expires_at, cl.client_id, cl.allowed_origins
            from (select * from access_tokens where token_hash = decode(asked.hash, 'hex') offset 0) t
           cross join lateral (select * from clients where id = t.client_id offset 0) cl
           where cl.disabled_at is null and t.expires_at > now()
          offset 0) t on true;
  end if;
end
$function$;

create function read_code_requests(hashes bytea[], callers text[], double_click interval)
  returns table (n int, client json, code json)
  language plpgsql stable
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set jit = off
as $function$
#variable_conflict use_column
begin
  return query
    select asked.n::int,
           (select row_to_json(found)
              from (select k.client_id as "clientId", k.name, k.type, k.grant_types as "grantTypes",
                           k.redirect_uris as "redirectUris", k.scopes,
                           k.post_logout_redirect_uris as "postLogoutRedirectUris",
                           k.allowed_origins as "allowedOrigins", k.id_token_alg as "idTokenAlg",
                           k.require_pkce as "requirePkce", k.resource_server as "resourceServer",
                           array(select encode(x.secret_hash, 'base64')
                                   from client_secrets x
                                  where x.client_id = k.id
                                    and (x.expires_at is null or x.expires_at > now()))
                             as "secretHashes"
                      from clients k
                     where k.client_id = asked.caller and k.disabled_at is null) found),
           (select row_to_json(found)
              from (select t.family_id as "familyId", c.account_id as "accountId",
                           cl.client_id as "clientId", t.scope, t.redirect_uri as "redirectUri",
                           t.code_challenge as "codeChallenge",
                           t.code_challenge_method as "codeChallengeMethod", t.nonce, t.details,
                           extract(epoch from t.auth_time)::int as "authTime",
                           extract(epoch from t.issued_at)::int as "issuedAt",
                           extract(epoch from t.expires_at)::int as "expiresAt",
                           t.consumed_at is not null as "consumed",
                           coalesce(t.consumed_at > now() - double_click, false) as "doubleClick",
                           array(select s.scope
                                   from consent_scopes s
                                  where s.consent_id = c.id) as "consentScopes",
                           json_build_object(
                             'id', a.id, 'name', a.name, 'timezone', a.timezone,
                             'email', case when a.email_verified_at is not null then a.email end)
                             as "person"
                      from (select * from authorization_codes where code_hash = asked.hash offset 0) t
                     cross join lateral (select * from token_families where id = t.family_id offset 0) f
                     cross join lateral (select * from consents where id = f.consent_id offset 0) c
                     cross join lateral (select * from accounts where id = c.account_id offset 0) a
                     cross join lateral (select * from clients where id = c.client_id offset 0) cl
                     where f.ended_at is null and a.disabled_at is null
                       and cl.disabled_at is null) found)
      from unnest(hashes, callers) with ordinality as asked (hash, caller, n);
end
$function$;

create function read_refresh_requests(hashes bytea[], successors bytea[], callers text[],
                                      retry_window interval)
  returns table (n int, client json, refresh_token json)
  language plpgsql stable
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set jit = off
as $function$
#variable_conflict use_column
begin
  return query
    select asked.n::int,
           (select row_to_json(found)
              from (select k.client_id as "clientId", k.name, k.type, k.grant_types as "grantTypes",
                           k.redirect_uris as "redirectUris", k.scopes,
                           k.post_logout_redirect_uris as "postLogoutRedirectUris",
                           k.allowed_origins as "allowedOrigins", k.id_token_alg as "idTokenAlg",
                           k.require_pkce as "requirePkce", k.resource_server as "resourceServer",
                           array(select encode(x.secret_hash, 'base64')
                                   from client_secrets x
                                  where x.client_id = k.id
                                    and (x.expires_at is null or x.expires_at > now()))
                             as "secretHashes"
                      from clients k
                     where k.client_id = asked.caller and k.disabled_at is null) found),
           (select row_to_json(found)
              from (select t.family_id as "familyId", c.account_id as "accountId",
                           cl.client_id as "clientId", t.scope, t.gty, t.nonce, t.rotations,
                           t.details, t.successor_key as "successorKey",
                           extract(epoch from t.auth_time)::int as "authTime",
                           extract(epoch from t.first_issued_at)::int as "firstIssuedAt",
                           extract(epoch from t.issued_at)::int as "issuedAt",
                           extract(epoch from t.expires_at)::int as "expiresAt",
                           extract(epoch from t.consumed_at)::int as "consumedAt",
                           coalesce(t.consumed_at < now() - retry_window, false)
                             or (select s.consumed_at
                                   from refresh_tokens s
                                  where s.token_hash = asked.successor) is not null as "reuse",
                           array(select s.scope
                                   from consent_scopes s
                                  where s.consent_id = c.id) as "consentScopes",
                           json_build_object(
                             'id', a.id, 'name', a.name, 'timezone', a.timezone,
                             'email', case when a.email_verified_at is not null then a.email end)
                             as "person"
                      from (select * from refresh_tokens where token_hash = asked.hash offset 0) t
                     cross join lateral (select * from token_families where id = t.family_id offset 0) f
                     cross join lateral (select * from consents where id = f.consent_id offset 0) c
                     cross join lateral (select * from accounts where id = c.account_id offset 0) a
                     cross join lateral (select * from clients where id = c.client_id offset 0) cl
                     where f.ended_at is null and a.disabled_at is null
                       and cl.disabled_at is null) found)
      from unnest(hashes, successors, callers)
           with ordinality as asked (hash, successor, caller, n);
end
$function$;

comment on function read_code_requests is
  'For each code the client that presents it, if there is one, and the code of a living family, spent or expired ones too. n: the place of the question, from 1. double_click: the time in which a repetition is one.';
comment on function read_refresh_requests is
  'For each refresh token, given with the one that follows it, the client that presents it, if there is one, and the token of a living family, spent or expired ones too. n: the place of the question, from 1. retry_window: the time in which a repetition is a lost answer.';

-- Those that write. An update has no `offset`: it finds its rows by `= any`, which no index but the
-- key's has, since the other conditions are hidden from the planner by `is true`; btree goes through
-- the keys in their order, so that two nodes lock the same rows in the same order.
--
-- Tokens live by the clock of the database, which also says when they are over: of the times that a
-- server sends, issued and expires, only what lies between counts, since its clock may be wrong.

create function redeem_codes(hashes bytea[], requests json)
  returns table (n int)
  language plpgsql
  -- One that is held for long would hold up all that are asked with it.
  set lock_timeout = '1s'
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set jit = off
as $function$
#variable_conflict use_column
declare
  this_second constant timestamptz := date_trunc('second', now());
begin
  return query
    with asked as materialized (
      select *
        from json_to_recordset(requests) as asked (
               "accessHash" bytea, "accessScope" text, "accessGty" text, "accessDetails" jsonb,
               "accessIssuedAt" float8, "accessExpiresAt" float8,
               "refreshHash" bytea, "refreshScope" text, "refreshGty" text, "refreshNonce" text,
               "refreshAuthTime" float8, "refreshRotations" int, "refreshDetails" jsonb,
               "refreshFirstIssuedAt" float8, "refreshIssuedAt" float8, "refreshExpiresAt" float8,
               n int)
    ), spent as (
      update authorization_codes
         set consumed_at = now()
       where code_hash = any(hashes)
         and (consumed_at is null and expires_at > now()) is true
      returning array_position(hashes, code_hash) as n, family_id
    ), access as (
      insert into access_tokens (token_hash, family_id, scope, gty, details, issued_at, expires_at)
      select "accessHash", family_id, "accessScope", "accessGty", "accessDetails",
             this_second, this_second + make_interval(secs => "accessExpiresAt" - "accessIssuedAt")
        from spent
        join asked on asked.n = spent.n
    ), refresh as (
      insert into refresh_tokens
        (token_hash, family_id, scope, gty, nonce, auth_time, rotations, details, first_issued_at,
         issued_at, expires_at)
      select "refreshHash", family_id, "refreshScope", "refreshGty", "refreshNonce",
             to_timestamp("refreshAuthTime"), "refreshRotations", "refreshDetails",
             to_timestamp("refreshFirstIssuedAt"), this_second,
             this_second + make_interval(secs => "refreshExpiresAt" - "refreshIssuedAt")
        from spent
        join asked on asked.n = spent.n
       where "refreshHash" is not null
    )
    select n from spent;
end
$function$;

create function rotate_refresh_tokens(hashes bytea[], successors bytea[], keys text[], requests json,
                                      retry_window interval)
  returns table (n int, expires_at int)
  language plpgsql
  -- One that is held for long would hold up all that are asked with it.
  set lock_timeout = '1s'
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set jit = off
as $function$
#variable_conflict use_column
declare
  this_second constant timestamptz := date_trunc('second', now());
begin
  return query
    with asked as materialized (
      select *
        from json_to_recordset(requests) as asked (
               "accessHash" bytea, "accessScope" text, "accessGty" text, "accessDetails" jsonb,
               "accessIssuedAt" float8, "accessExpiresAt" float8,
               "refreshHash" bytea, "refreshScope" text, "refreshGty" text, "refreshNonce" text,
               "refreshAuthTime" float8, "refreshRotations" int, "refreshDetails" jsonb,
               "refreshFirstIssuedAt" float8, "refreshIssuedAt" float8, "refreshExpiresAt" float8,
               n int)
    ), spent as (
      update refresh_tokens t
         set consumed_at   = coalesce(t.consumed_at, now()),
             successor_key = coalesce(t.successor_key, keys[array_position(hashes, t.token_hash)])
       where t.token_hash = any(hashes)
         and (t.expires_at > now()) is true
         and coalesce(t.successor_key, keys[array_position(hashes, t.token_hash)])
             = keys[array_position(hashes, t.token_hash)]
         and (t.consumed_at is null
              or (t.consumed_at > now() - retry_window
                  and (select s.consumed_at
                         from refresh_tokens s
                        where s.token_hash = successors[array_position(hashes, t.token_hash)])
                      is null)) is true
      returning array_position(hashes, t.token_hash) as n, t.family_id
    ), access as (
      insert into access_tokens (token_hash, family_id, scope, gty, details, issued_at, expires_at)
      select "accessHash", family_id, "accessScope", "accessGty", "accessDetails",
             this_second, this_second + make_interval(secs => "accessExpiresAt" - "accessIssuedAt")
        from spent
        join asked on asked.n = spent.n
    ), successor as (
      insert into refresh_tokens
        (token_hash, family_id, scope, gty, nonce, auth_time, rotations, details, first_issued_at,
         issued_at, expires_at)
      select "refreshHash", family_id, "refreshScope", "refreshGty", "refreshNonce",
             to_timestamp("refreshAuthTime"), "refreshRotations", "refreshDetails",
             to_timestamp("refreshFirstIssuedAt"), this_second,
             this_second + make_interval(secs => "refreshExpiresAt" - "refreshIssuedAt")
        from spent
        join asked on asked.n = spent.n
      on conflict (token_hash) do update set token_hash = excluded.token_hash
      returning token_hash, expires_at
    )
    select array_position(successors, token_hash), extract(epoch from expires_at)::int
      from successor;
end
$function$;

create function issue_machine_tokens(requests json)
  returns table (n int)
  language plpgsql
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set jit = off
as $function$
#variable_conflict use_column
declare
  this_second constant timestamptz := date_trunc('second', now());
begin
  return query
    with allowed as (
      select a.*, k.id
        from json_to_recordset(requests) as a (
               n int, "accessHash" bytea, "accessScope" text, "accessGty" text,
               "accessDetails" jsonb, "accessIssuedAt" float8, "accessExpiresAt" float8,
               "clientId" text, "secretHash" bytea, "platformScopes" text[])
       cross join lateral (select * from clients where client_id = a."clientId" offset 0) k
       where k.disabled_at is null
         and 'client_credentials' = any(k.grant_types)
         and a."platformScopes" <@ k.scopes
         and (a."secretHash" is null
              or a."secretHash" in (select x.secret_hash
                                      from client_secrets x
                                     where x.client_id = k.id
                                       and (x.expires_at is null or x.expires_at > now())))
    ), issued as (
      insert into access_tokens (token_hash, client_id, scope, gty, details, issued_at, expires_at)
      select "accessHash", id, "accessScope", "accessGty", "accessDetails",
             this_second, this_second + make_interval(secs => "accessExpiresAt" - "accessIssuedAt")
        from allowed
    )
    select n from allowed;
end
$function$;

comment on function redeem_codes is
  'Spends each code that still can be spent and stores what it gives; says which, by n, the place of the question from 1.';
comment on function rotate_refresh_tokens is
  'Spends each refresh token that still can be spent, or be repeated, and stores what follows it; says which, by n, the place of the question from 1, and when the successor expires. The key of the first redemption stays that of the repetitions: another one would give a sibling.';
comment on function issue_machine_tokens is
  'Stores the tokens of machines that may still have what they ask for; says which, by n, the place of the question from 1.';
