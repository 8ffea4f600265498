-- Divides the tables that grow into hash partitions; docs/decisions/0015-partitioned-tables.md says when
-- and why. With the servers stopped and a backup made:
--   psql "$DATABASE_URL" --single-transaction --set ON_ERROR_STOP=1 --file db/partitioned.sql
do $$
declare
  parts constant int := 16;
  grows constant jsonb := '{
    "token_families": "id", "authorization_codes": "code_hash", "access_tokens": "token_hash",
    "refresh_tokens": "token_hash", "replay_records": "record_hash"}';
  tables constant regclass[] := array(select key::regclass from jsonb_each_text(grows));
  name text;
  column_name text;
  note text;
  again text;
  views_again text[];
  keys_again text[];
  indexes_again text[];
begin
  -- Views and foreign keys stand on the old tables; they are made again as they were.
  select array_agg(format('create view %1$s as %2$s comment on view %1$s is %3$L',
                          oid::regclass, pg_get_viewdef(oid), obj_description(oid)) order by oid)
    into views_again
    from pg_class
   where relkind = 'v' and relnamespace = 'public'::regnamespace;
  for name in select relname from pg_class
               where relkind = 'v' and relnamespace = 'public'::regnamespace order by oid desc loop
    execute format('drop view %I', name);
  end loop;

  select array_agg(format('alter table %s add constraint %I %s',
                          conrelid::regclass, conname, pg_get_constraintdef(oid)))
    into keys_again
    from pg_constraint
   where contype = 'f' and (conrelid = any(tables) or confrelid = any(tables));
  for name, note in select conrelid::regclass, conname from pg_constraint
                     where contype = 'f' and (conrelid = any(tables) or confrelid = any(tables)) loop
    execute format('alter table %s drop constraint %I', name, note);
  end loop;

  for name, column_name in select * from jsonb_each_text(grows) loop
    note := obj_description(name::regclass);
    select array_agg(case when c.oid is null then pg_get_indexdef(i.indexrelid)
                          else format('alter table %I add constraint %I %s',
                                      name, c.conname, pg_get_constraintdef(c.oid)) end)
      into indexes_again
      from pg_index i
      left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
     where i.indrelid = name::regclass;

    execute format('alter table %I rename to whole', name);
    execute format('create table %I (like whole including all excluding indexes)
                      partition by hash (%I)', name, column_name);
    for part in 0 .. parts - 1 loop
      execute format('create table %I partition of %I for values with (modulus %s, remainder %s)',
                     name || '_' || part, name, parts, part);
    end loop;
    execute format('insert into %I select * from whole', name);
    drop table whole;
    foreach again in array indexes_again loop
      execute again;
    end loop;
    execute format('comment on table %I is %L', name, note);
  end loop;

  foreach again in array keys_again || coalesce(views_again, '{}') loop
    execute again;
  end loop;
end
$$;
