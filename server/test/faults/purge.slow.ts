// About five minutes on two cores.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { tally, tokensIn } from './answers.ts'
import { audit } from './auditor.ts'
import { installOnOwn, type Outage } from './database-outage.ts'
import { type expected, expiredRows, livingFamilies, storeRows } from './expired-rows.ts'
import { issueCodes } from './grants.ts'
import type { Installation } from './installation.ts'
import type { Attempt } from './witness.ts'

const clients = 20
const requestsASecond = 100

// R24, against I1 to I5 and I7
test('two nodes remove a million expired rows under load, one killed in the middle', async (t) => {
  // One that syncs to its disk, as everybody's does.
  const outage = await installOnOwn(t)
  const { place, client, witness } = outage
  await storeRows(place.db, client.consentId)
  const load = await loadOf(t, outage)

  await sleep(20_000)
  const [begun, startedAt] = [witness.attempts.length, performance.now()]
  const killed = janitor(t, place)
  const other = janitor(t, place)
  await sleep(4_000)
  killed.child.kill('SIGKILL')
  const reports = await Promise.all([janitor(t, place).report(), other.report()])
  const [ended, seconds] = [witness.attempts.length, (performance.now() - startedAt) / 1000]
  await sleep(10_000)
  await load.stop()

  const { attempts } = witness
  const rest = await left(place)
  t.diagnostic(`before: ${summary(attempts.slice(0, begun), 20)}`)
  t.diagnostic(`during: ${summary(attempts.slice(begun, ended), seconds)}`)
  t.diagnostic(`after:  ${summary(attempts.slice(ended), 10)}`)
  t.diagnostic(`${Math.round(expiredRows / seconds)} rows/s: ${JSON.stringify(reports)}`)
  assert.deepEqual(rest, { expired: 0, families: 0, living: 4 * livingFamilies })
  assert.deepEqual(Object.keys(tally(attempts.map(({ answer }) => answer))), ['200'])
  await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received: { attempts } })
})

interface Report {
  removed: Partial<typeof expected>
  ms: number
}

function janitor(t: TestContext, { databaseUrl }: Installation) {
  const file = new URL('janitor.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  return {
    child,
    async report(): Promise<Report> {
      const line = await text(child.stdout)
      assert.deepEqual(await exited, [0, null])
      return JSON.parse(line)
    },
  }
}

/** As many apps, each of which refreshes and asks about its tokens at a steady rate. */
async function loadOf(t: TestContext, { place, client, witness }: Outage) {
  const { db, urls } = place
  const url = urls[0] ?? ''
  const codes = await issueCodes(db, client, clients)
  const first = tokensIn(
    await Promise.all(codes.map((code) => witness.exchange(url, client, code))),
  )
  const pause = (2 * clients * 1000) / requestsASecond
  let stopped = false
  t.after(() => {
    stopped = true
  })
  const running = first.map(async ({ refresh_token: begin }, index) => {
    await sleep((pause * index) / clients)
    for (let token = begin; !stopped; ) {
      const next = sleep(pause)
      const [tokens] = tokensIn([await witness.refresh(url, client, token)])
      if (!tokens) return
      token = tokens.refresh_token
      await witness.introspect(url, client, tokens.access_token)
      await next
    }
  })
  return {
    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }
}

function summary(attempts: Attempt[], seconds: number): string {
  const took = (kind: Attempt['kind']) => {
    const ms = attempts
      .filter((attempt) => attempt.kind === kind)
      .map(({ startedAt, endedAt }) => endedAt - startedAt)
      .sort((a, b) => a - b)
    const at = (share: number) => ms[Math.floor(ms.length * share)]?.toFixed(1)
    return `${kind} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
  }
  return `${(attempts.length / seconds).toFixed(0)}/s, ${took('refresh')}, ${took('introspect')}`
}

/** Rows that should have left, and how many of the living families and their rows are there. */
async function left({ db }: Installation) {
  const { rows } = await db.query<{ expired: number; families: number; living: number }>(
    `with tokens as (
       select family_id, expires_at from access_tokens
        union all select family_id, expires_at from refresh_tokens
     ), living as (
       select id from token_families where created_at between now() - interval '10 days'
                                                          and now() - interval '8 days'
     )
     select (select count(*)::int from tokens where expires_at < now() - interval '1 hour')
              + (select count(*)::int from sessions where expires_at < now())
              + (select count(*)::int from replay_records where expires_at < now()) as "expired",
            (select count(*)::int from token_families
              where created_at < now() - interval '100 days') as "families",
            (select count(*)::int from living)
              + (select count(*)::int from tokens where family_id in (select id from living))
              + (select count(*)::int from authorization_codes
                  where family_id in (select id from living)) as "living"`,
  )
  return rows[0]
}
