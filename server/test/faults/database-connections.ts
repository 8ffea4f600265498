import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { audit } from './auditor.ts'
import { startLoad, successes } from './database-load.ts'
import { grantee } from './grants.ts'
import type { Installation } from './installation.ts'
import { Witness } from './witness.ts'

/** R4: every 100 ms one connection of the nodes is ended by the server, whatever it does. */
export async function endureEndings(
  place: Installation,
  { forMs, codes }: { forMs: number; codes?: number },
): Promise<{ ended: number; succeeded: number }> {
  const witness = new Witness()
  const client = await grantee(place.db)
  const load = await startLoad(place, client, witness, codes)
  let ended = 0
  for (const until = performance.now() + forMs; performance.now() < until; await sleep(100)) {
    const { rowCount } = await place.db.query(
      `select pg_terminate_backend(pid)
         from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
        order by random()
        limit 1`,
    )
    ended += rowCount
  }
  await load.stop()

  await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received: witness })
  assert.ok(ended > 0)
  return { ended, succeeded: successes(witness) }
}
