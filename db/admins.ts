import type { Db } from './database.ts'

/**
 * Ids of the active administrators, whose rows nobody else can change until the transaction ends:
 * two who remove each other at the same time then see what the first one did.
 */
export async function lockActiveAdmins(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select id
       from accounts
      where roles @> '{admin}' and disabled_at is null
      order by id
        for update`,
  )
  return rows.map(({ id }) => id)
}
