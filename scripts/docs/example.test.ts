import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { signInAndApprove, startServer, type TestClient } from '../../server/test/harness.ts'
import { freePort } from '../../server/test/server-process.ts'
import { root } from './markdown.ts'

test('the example signs somebody in and learns who it is', async (t) => {
  const server = await startServer(t)
  const ada = await server.user()
  const site = `http://localhost:${await freePort()}`
  const client = await server.client({ redirectUris: [`${site}/callback`] })
  await startExample(t, { site, issuer: server.url, client })

  const leaving = await fetch(site, { redirect: 'manual' })
  const location = leaving.headers.get('location') ?? ''
  const callback = await signInAndApprove(server.visitor(), location, ada)
  const cookie = leaving.headers.get('set-cookie')?.split(';')[0] ?? ''
  const answer = await fetch(callback.url, { headers: { cookie } })

  assert.equal(answer.status, 200)
  const { claims, me } = (await answer.json()) as Record<string, Record<string, unknown>>
  assert.deepEqual([claims?.sub, claims?.email], [ada.id, ada.email])
  assert.deepEqual([me?.user_id, me?.scopes], [ada.id, ['openid', 'IDENTITY']])
})

test('the example takes no answer to a sign-in that another browser began', async (t) => {
  const server = await startServer(t)
  const site = `http://localhost:${await freePort()}`
  const client = await server.client({ redirectUris: [`${site}/callback`] })
  await startExample(t, { site, issuer: server.url, client })

  const answer = await fetch(`${site}/callback?code=stolen&state=foreign`)

  assert.equal(answer.status, 400)
})

async function startExample(
  t: TestContext,
  { site, issuer, client }: { site: string; issuer: string; client: TestClient },
): Promise<void> {
  const env = {
    SITE: site,
    ISSUER: issuer,
    CLIENT_ID: client.clientId,
    CLIENT_SECRET: client.secret,
  }
  const program = join(root, 'docs/examples/sign-in.js')
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'inherit', 'inherit'] })
  t.after(() => child.kill())
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    if (await fetch(`${site}/favicon.ico`).catch(() => undefined)) return
    await sleep(50)
  }
  assert.fail('the example does not answer')
}
