import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { freePort } from '../server-process.ts'
import { temporaryFolder } from './folders.ts'
import { preloaded } from './installation.ts'

const full = '/dev/full'
const skip =
  (testEngine === 'pglite' || !existsSync(full)) && `PostgreSQL, and a system with ${full}`

/** A server whose log and output go to a disk without room. */
async function start(t: TestContext): Promise<{ child: ChildProcess; url: string }> {
  const port = String(await freePort())
  const url = `http://localhost:${port}`
  const disk = openSync(full, 'w')
  const child = spawn(process.execPath, [new URL('../../src/main.ts', import.meta.url).pathname], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: await testDatabaseUrl(t),
      DATA_DIR: await temporaryFolder(t),
      SECRET_KEY: 'a secret key of more than 32 characters',
      ISSUER: url,
      PORT: port,
      DEMO: 'off',
      LOG_LEVEL: 'debug',
      ...preloaded('./crash.ts'),
    },
    stdio: ['ignore', disk, disk],
  })
  closeSync(disk)
  t.after(() => child.kill('SIGKILL'))
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    if ((await fetch(`${url}/health/ready`).catch(() => undefined))?.ok) break
    await sleep(100)
  }
  return { child, url }
}

// R8
test('a log that cannot be written stops nobody', { skip }, async (t) => {
  const { child, url } = await start(t)
  const ended = once(child, 'exit')

  for (const path of ['/login', '/login', '/.well-known/jwks.json']) {
    assert.equal((await fetch(url + path)).status, 200)
  }
  child.kill('SIGTERM')

  assert.deepEqual(await ended, [0, null])
})

// R8, R25
test('with such a log a crash still is an end', { skip }, async (t) => {
  const { child } = await start(t)
  const ended = once(child, 'exit')

  child.kill('SIGUSR2')

  assert.deepEqual(await ended, [1, null])
})
