import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { freePort, startProcess } from './server-process.ts'
import { noteSecrets } from './suite-log/suite-log.ts'

const only = { skip: testEngine === 'pglite' && 'said once is enough' }

test(
  'the server as npm start runs it says nothing of a call but its line in the log',
  only,
  async (t) => {
    const platform = createServer((_req, res) => res.end('{}')).listen(0, '127.0.0.1')
    await once(platform, 'listening')
    t.after(() => platform.close())
    const adminToken = randomBytes(24).toString('hex')
    const { url, output } = await startProcess(t, {
      PORT: String(await freePort()),
      DATABASE_URL: await testDatabaseUrl(t),
      SECRET_KEY: randomBytes(32).toString('hex'),
      ADMIN_TOKEN: adminToken,
      PLATFORM_API_URL: `http://127.0.0.1:${(platform.address() as AddressInfo).port}`,
    })
    const api = async (path: string, body: object) => {
      const response = await fetch(`${url}/api/admin/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return (await response.json()) as Record<string, string>
    }
    const { id } = await api('users', {
      email: 'ada@example.com',
      password: 'nine violet harbours',
    })
    const wish = { name: 'Report', scopes: ['READ_GRAPH'] }
    const { key = '' } = await api(`users/${id}/api-keys`, wish)
    noteSecrets(key)

    for (let calls = 0; calls < 3; calls++) {
      const headers = { 'x-api-key': key }
      const answer = await fetch(`${url}/external-api/v2/graphs`, { headers })
      assert.equal(await answer.text(), '{}')
    }

    assert.doesNotMatch(output(), /warning/i)
  },
)
