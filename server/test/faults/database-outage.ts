import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type PostgresServer, startPostgres } from '#db/testing-postgres.ts'
import { audit } from './auditor.ts'
import { longest, refusals, startLoad, successes } from './database-load.ts'
import { type Grantee, grantee, issueCodes } from './grants.ts'
import { type Installation, install } from './installation.ts'
import { Witness } from './witness.ts'

export interface Outage {
  postgres: PostgresServer
  place: Installation
  client: Grantee
  witness: Witness
}

/** Two nodes on a PostgreSQL of their own, which may be killed. within: where its data is. */
export async function installOnOwn(t: TestContext, within?: string): Promise<Outage> {
  const postgres = await startPostgres({ durable: true, ...(within && { within }) })
  t.after(() => postgres.stop())
  const place = await install(t, { databaseUrl: `${postgres.url}/postgres` })
  return { postgres, place, client: await grantee(place.db), witness: new Witness() }
}

/**
 * The contract says two seconds. The machine that runs this may be busy with other things, but a
 * request that hangs until something gives up takes longer than this.
 */
const statedMs = 2000 * 2

/** The database ends in some way, is away for a while under load, and comes back by itself. */
export async function endureOutage(
  { postgres, place, client, witness }: Outage,
  end: (pid: number) => void,
  { awayMs, loadMs = 1000 }: { awayMs: number; loadMs?: number },
): Promise<{ refused: number; longestMs: number; alive: number }> {
  const [spare = ''] = await issueCodes(place.db, client, 1)
  const load = await startLoad(place, client, witness)
  await sleep(loadMs)
  assert.ok(successes(witness) > 0)

  const began = performance.now()
  end(postgres.pid)
  await sleep(awayMs / 2)
  await assertAway(place, { client, witness, code: spare })
  await sleep(awayMs / 2)
  const longestMs = longest(witness, began)
  const refused = refusals(witness, began)
  await postgres.restart()
  const back = performance.now()
  await sleep(loadMs)
  await load.stop()

  const { alive } = await audit({
    databaseUrl: place.databaseUrl,
    nodes: place.urls,
    received: witness,
  })
  assert.ok(refused > 0)
  assert.ok(longestMs < statedMs, `an answer took ${longestMs} ms`)
  assert.ok(successes(witness, back) > 0)
  assert.ok(place.nodes.every(({ pid }) => process.kill(pid, 0)))
  return { refused, longestMs, alive }
}

/** Contract, section 2: what is asked while the database is away. */
async function assertAway(
  { urls }: Installation,
  { client, witness, code }: { client: Grantee; witness: Witness; code: string },
): Promise<void> {
  for (const node of urls) {
    assert.equal((await witness.get(node, '/health/live'))?.status, 200)
    assert.equal((await new Witness().get(node, '/health/ready'))?.status, 503)
    const answers = await Promise.all([
      witness.exchange(node, client, code),
      witness.refresh(node, client, 'agpt_rt_0123456789012345678901234567890123456789012'),
      witness.introspect(node, client, 'agpt_xt_0123456789012345678901234567890123456789012'),
      witness.revoke(node, client, 'agpt_xt_0123456789012345678901234567890123456789012'),
      witness.get(node, `/auth/authorize?client_id=${client.clientId}`),
      witness.get(node, '/external-api/v2/me'),
    ])
    for (const answer of answers.slice(0, 5)) {
      assert.equal(answer?.status, 503)
      assert.match(answer?.retryAfter ?? '', /^\d+$/)
    }
    for (const answer of answers.slice(0, 4)) {
      assert.equal(answer?.body?.error, 'temporarily_unavailable')
    }
  }
}
