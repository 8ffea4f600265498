import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { tally } from './answers.ts'
import { audit } from './auditor.ts'
import { refusals, startLoad, successes } from './database-load.ts'
import { installOnOwn } from './database-outage.ts'
import { issueCodes } from './grants.ts'

const skip = testEngine === 'pglite' && 'PostgreSQL only: a disk of its own'

/** A disk of so many megabytes, gone when the test ends; undefined where nobody may mount one. */
async function smallDisk(t: TestContext, megabytes: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'autogpt-sso-disk-'))
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs']
    execFileSync('mount', [...options, folder], { stdio: 'ignore' })
  } catch {
    await rmdir(folder)
    return undefined
  }
  t.after(async () => {
    // It is in use still: it ends with the last who has it.
    execFileSync('umount', ['--lazy', folder])
    await rmdir(folder)
  })
  return folder
}

/** Takes all the room that is left, until it is called. */
function fill(disk: string): () => void {
  const ballast = join(disk, 'ballast')
  const file = openSync(ballast, 'w')
  try {
    for (const bytes of [Buffer.alloc(65_536), Buffer.alloc(4096)]) {
      try {
        while (writeSync(file, bytes) > 0) {}
      } catch {
        // Full, as far as such pieces go.
      }
    }
  } finally {
    closeSync(file)
  }
  return () => rmSync(ballast)
}

// R8, against I1, I3 and I7
test('a database whose disk is full is 503 for what writes, reads go on, and it recovers', {
  skip,
}, async (t) => {
  const disk = await smallDisk(t, 160)
  if (!disk) return t.skip('nobody may mount a disk here')
  const { place, client, witness } = await installOnOwn(t, disk)
  const [node = ''] = place.urls
  const [code = ''] = await issueCodes(place.db, client, 1)
  const first = await witness.exchange(node, client, code)
  const load = await startLoad(place, client, witness)
  t.after(() => load.stop())

  const empty = fill(disk)
  const began = performance.now()
  while (refusals(witness, began) < 20) await sleep(20)
  const reads = await Promise.all([
    witness.introspect(node, client, first?.body.access_token),
    witness.get(node, '/.well-known/jwks.json'),
    witness.get(node, '/health/live'),
  ])
  empty()
  const over = performance.now()
  while (successes(witness, over) < 100) await sleep(20)
  await load.stop()

  assert.deepEqual(tally(reads), { 200: 3 })
  assert.equal(reads[0]?.body.active, true)
  t.diagnostic(JSON.stringify({ refused: refusals(witness) }))
  await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received: witness })
})
