import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { password } from '../harness.ts'
import { newUser } from '../topology-people.ts'
import { tally, tokensIn } from './answers.ts'
import { audit } from './auditor.ts'
import { startLoad, successes } from './database-load.ts'
import { grantee, issueCodes } from './grants.ts'
import { type Installation, install, preloaded } from './installation.ts'
import { browserOf } from './whole-way.ts'
import { Witness } from './witness.ts'

const skip = testEngine === 'pglite' && 'PostgreSQL only: two servers share a database'

const clocks = (...offsets: number[]) =>
  preloaded('./clock.ts', { CLOCK_OFFSETS: offsets.join(',') })

async function setUp(t: TestContext, offsets: number[][]) {
  const adminToken = randomBytes(24).toString('hex')
  const place = await install(t, { env: { ADMIN_TOKEN: adminToken } })
  await Promise.all(offsets.map((own, index) => place.restartAfterKill(index, clocks(...own))))
  const client = await grantee(place.db)
  const witness = new Witness()
  const received = { attempts: witness.attempts }
  const audited = () => audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received })
  const { email } = await newUser({ url: place.issuer, adminToken })
  const browser = browserOf(place.issuer, client, { email, password })
  return { place, client, witness, audited, browser }
}

/** What lives longer than its lifetime by the database's clock, with a second for rounding. */
async function tooLong({ db }: Installation): Promise<string[]> {
  const { rows } = await db.query<{ what: string }>(
    `select 'access token' as what from access_tokens where expires_at > now() + interval '3601s'
      union all
     select 'code' from authorization_codes where expires_at > now() + interval '601s'
      union all
     select 'refresh token' from refresh_tokens where expires_at > now() + interval '30 days 1s'
      union all
     select 'session' from sessions where expires_at > now() + interval '14 days 1s'
      union all
     select 'interaction' from interactions where expires_at > now() + interval '3601s'`,
  )
  return [...new Set(rows.map(({ what }) => what))]
}

/** Userinfo answers 403 to a token that lives and was not issued for openid, as these, else 401. */
async function lives(node: string, token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` }
  const { status } = await fetch(`${node}/api/oauth/userinfo`, { headers })
  assert.ok(status === 403 || status === 401, String(status))
  return status === 403
}

// R10, against I1 to I3 and I7
test('two nodes whose clocks are three minutes apart serve as one', { skip }, async (t) => {
  const { place, client, witness, audited, browser } = await setUp(t, [[90], [-90]])

  const codes = await issueCodes(place.db, client, 16)
  for (const node of [...place.urls, ...place.urls]) codes.push(await browser.code(node))
  const first = await Promise.all(
    codes.map((code, index) => witness.exchange(place.urls[(index + 1) % 2] ?? '', client, code)),
  )
  const next = await Promise.all(
    first.map((answer, index) =>
      witness.refresh(place.urls[index % 2] ?? '', client, answer?.body.refresh_token),
    ),
  )

  assert.deepEqual(tally([...first, ...next]), { 200: 40 })
  assert.deepEqual(await tooLong(place), [])
  for (const { access_token } of tokensIn(next)) {
    for (const node of place.urls) assert.equal(await lives(node, access_token), true)
  }
  await audited()
})

// R10
test('what is over is over by the database’s clock, at every node', { skip }, async (t) => {
  const { place, client, witness, audited } = await setUp(t, [[90], [-90]])
  const expire = (table: string, seconds: number) =>
    place.db.query(`update ${table} set expires_at = now() + make_interval(secs => $1)`, [seconds])
  const codes = await issueCodes(place.db, client, 4)
  const [one, two] = place.urls as [string, string]

  await expire('authorization_codes', 60)
  const first = await Promise.all([
    witness.exchange(one, client, codes[0] ?? ''),
    witness.exchange(two, client, codes[1] ?? ''),
  ])
  await expire('authorization_codes', -1)
  const over = new Witness()
  const late = await Promise.all(
    [one, two].map((node, index) => over.exchange(node, client, codes[index + 2] ?? '')),
  )

  assert.deepEqual(tally(first), { 200: 2 })
  assert.deepEqual(tally(late), { '400 invalid_grant': 2 })
  await expire('access_tokens', 60)
  await expire('refresh_tokens', 60)
  const tokens = tokensIn(first)
  const living = () =>
    Promise.all(
      tokens.flatMap(({ access_token }) => [one, two].map((node) => lives(node, access_token))),
    )
  assert.deepEqual(await living(), [true, true, true, true])
  const next = await Promise.all(
    tokens.map(({ refresh_token }) => witness.refresh(one, client, refresh_token)),
  )
  assert.deepEqual(tally(next), { 200: 2 })
  await audited()

  await expire('access_tokens', -1)
  await expire('refresh_tokens', -1)
  assert.deepEqual(await living(), [false, false, false, false])
  const refused = await Promise.all(
    tokensIn(next).map(({ refresh_token }) => over.refresh(two, client, refresh_token)),
  )
  assert.deepEqual(tally(refused), { '400 invalid_grant': 2 })
})

// R10, against I1 to I7
test('a clock that jumps by an hour, forth and back, under load, loses nothing', {
  skip,
}, async (t) => {
  const { place, client, witness, audited, browser } = await setUp(t, [[0, 3600, -3600, 0], [0]])
  const [jumping = '', other = ''] = place.urls
  const load = await startLoad(place, client, witness, 3000)
  t.after(() => load.stop())

  for (let turn = 0; turn < 4; turn++) {
    if (turn > 0) process.kill(place.nodes[0]?.pid ?? 0, 'SIGUSR2')
    const since = performance.now()
    await sleep(500)
    const code = await browser.code(jumping)
    assert.equal((await witness.exchange(other, client, code))?.status, 200)
    assert.deepEqual(await tooLong(place), [])
    while (successes(witness, since) < 20) await sleep(20)
  }
  await load.stop()

  assert.deepEqual(Object.keys(tally(witness.attempts.map(({ answer }) => answer))), ['200'])
  await audited()
})
