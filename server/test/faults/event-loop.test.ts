import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { tally } from './answers.ts'
import { audit } from './auditor.ts'
import { grantee, issueCodes } from './grants.ts'
import { install, preloaded } from './installation.ts'
import { Witness } from './witness.ts'

// Not imported from block.ts, which would run here.
const blockedLine = 'the event loop is blocked now'

// R26, against I1, I3, I6 and I7
test('a blocked node fails its probe, the other one serves, and the crowd is shed until it is on time', {
  skip: testEngine === 'pglite' && 'PostgreSQL only: two servers share a database',
}, async (t) => {
  const place = await install(t)
  await place.restartAfterKill(0, preloaded('./block.ts'))
  const [blocked = '', other = ''] = place.urls
  const witness = new Witness()
  const client = await grantee(place.db)
  const codes = await issueCodes(place.db, client, 200)

  // Connections that are kept, as a balancer does: new ones are taken one at a time by the system.
  await Promise.all(codes.map(() => witness.get(blocked, '/health/live')))
  process.kill(place.nodes[0]?.pid ?? 0, 'SIGUSR2')
  while (!place.nodes[0]?.output().includes(blockedLine)) await sleep(5)
  const crowd = codes.map((code) => witness.exchange(blocked, client, code))
  const elsewhere = await issueCodes(place.db, client, 5)
  for (const code of elsewhere) {
    assert.equal((await witness.exchange(other, client, code))?.status, 200)
  }
  assert.equal(await probe(blocked), false)
  const answers = await Promise.all(crowd)

  const counts = tally(answers)
  t.diagnostic(JSON.stringify(counts))
  assert.deepEqual(Object.keys(counts).sort(), ['200', '503 temporarily_unavailable'])
  assert.match(await shedAt(blocked), /sso_requests_shed_total\{reason="event_loop"\} [1-9]/)
  while (!(await probe(blocked))) await sleep(50)
  for (const [index, code] of codes.entries()) {
    if (answers[index]?.status === 200) continue
    assert.equal((await witness.exchange(blocked, client, code))?.status, 200)
  }
  const received = { attempts: witness.attempts }
  await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received })
})

/** As a balancer asks: what does not answer within a second is down. */
async function probe(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(1_000)
  return fetch(`${url}/health/live`, { signal }).then(
    ({ ok }) => ok,
    () => false,
  )
}

const shedAt = async (url: string) => (await fetch(`${url}/metrics`)).text()
