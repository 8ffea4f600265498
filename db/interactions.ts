import type { Db } from './database.ts'

export interface StoredInteraction {
  clientId: string | undefined
  prompt: string | undefined
  /** JWE of the provider's model. */
  payload: string
  /** Seconds that it has from now on. */
  lifetime: number
}

export async function saveInteraction(
  db: Db,
  interactionHash: Buffer,
  interaction: StoredInteraction,
): Promise<void> {
  await db.query(
    `insert into interactions (interaction_hash, client_id, prompt, payload, expires_at)
     values ($1, $2, $3, $4, now() + make_interval(secs => $5))
     on conflict (interaction_hash) do update
       set payload = excluded.payload, expires_at = excluded.expires_at`,
    [
      interactionHash,
      interaction.clientId ?? null,
      interaction.prompt ?? null,
      interaction.payload,
      interaction.lifetime,
    ],
  )
}

export async function findInteraction(
  db: Db,
  interactionHash: Buffer,
): Promise<{ payload: string; lifetime: number } | undefined> {
  const { rows } = await db.query<{ payload: string; lifetime: number }>(
    `select payload, extract(epoch from expires_at - now())::int as "lifetime"
       from interactions
      where interaction_hash = $1 and expires_at > now()`,
    [interactionHash],
  )
  return rows[0]
}

export async function deleteInteraction(db: Db, interactionHash: Buffer): Promise<void> {
  await db.query('delete from interactions where interaction_hash = $1', [interactionHash])
}
