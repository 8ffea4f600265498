import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { tally } from './answers.ts'
import { audit } from './auditor.ts'
import { startLoad, successes } from './database-load.ts'
import { grantee, issueCodes } from './grants.ts'
import { install, preloaded } from './installation.ts'
import { sizeOf } from './process-size.ts'
import { Witness } from './witness.ts'

const onPostgres =
  testEngine === 'pglite' && 'PostgreSQL only: the auditor looks in beside a server'

async function setUp(t: TestContext, nodes: number) {
  const place = await install(t, { nodes })
  const client = await grantee(place.db)
  const witness = new Witness()
  const audited = () =>
    audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received: witness })
  return { place, client, witness, audited }
}

/** Lets the process have only so many files and connections open; false where that cannot be had. */
function limitDescriptors(pid: number, most: number): boolean {
  try {
    execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// R27, against I1, I3 and I7
test('without a file descriptor left new connections end, and it goes on when there are some', {
  skip: onPostgres,
}, async (t) => {
  const { place, client, witness, audited } = await setUp(t, 1)
  const [node = ''] = place.urls
  const codes = await issueCodes(place.db, client, 30)
  const pid = place.nodes[0]?.pid ?? 0
  if (!limitDescriptors(pid, sizeOf(pid).handles + 10)) return t.skip('there is no prlimit')

  const crowd: Socket[] = []
  t.after(() => crowd.forEach((socket) => void socket.destroy()))
  for (let n = 0; n < 100; n++) crowd.push(connect(Number(new URL(node).port), 'localhost'))
  const closed = crowd.map((socket) =>
    once(
      socket.on('error', () => {}),
      'close',
    ),
  )
  await Promise.race(closed)
  const during = tally(
    await Promise.all(codes.slice(0, 15).map((code) => witness.exchange(node, client, code))),
  )
  for (const socket of crowd) socket.destroy()
  await Promise.all(closed)
  limitDescriptors(pid, 1024)
  while ((await new Witness().get(node, '/health/ready'))?.status !== 200) await sleep(50)
  const after = tally(
    await Promise.all(codes.slice(15).map((code) => witness.exchange(node, client, code))),
  )

  const told = Object.keys(during).filter(
    (kind) => !['200', 'broken off', '503 temporarily_unavailable'].includes(kind),
  )
  assert.deepEqual(told, [])
  assert.ok(during['broken off'])
  assert.deepEqual(after, { 200: 15 })
  t.diagnostic(JSON.stringify(during))
  await audited()
})

// R27, against I1 and I3
test('a node that runs out of memory under load takes nothing with it', {
  skip: onPostgres,
}, async (t) => {
  const { place, client, witness, audited } = await setUp(t, 2)
  const { NODE_OPTIONS, ...env } = preloaded('./memory.ts')
  await place.restartAfterKill(0, {
    ...env,
    NODE_OPTIONS: `${NODE_OPTIONS} --max-old-space-size=150`,
  })
  const load = await startLoad(place, client, witness)
  t.after(() => load.stop())
  while (successes(witness) < 20) await sleep(20)

  const [victim] = place.nodes
  assert.ok(victim)
  process.kill(victim.pid, 'SIGUSR2')
  assert.notEqual(await victim.ended(), 0)
  const died = performance.now()
  while (successes(witness, died) < 20) await sleep(20)
  await place.restartAfterKill(0)
  await load.stop()

  assert.match(victim.output(), /heap out of memory/)
  await audited()
})
