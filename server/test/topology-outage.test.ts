import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { introspect } from './harness.ts'
import { freePort } from './server-process.ts'
import { startProxy, startTopology } from './topology.ts'
import { at, newApp } from './topology-people.ts'

const only = { skip: testEngine === 'pglite' && 'several processes on one database' }

// R3
test(
  'while the database is away a node says so, and without nodes HAProxy does',
  only,
  async (t) => {
    const topology = await startTopology(t)
    const app = await newApp(topology)

    await topology.pooler.stop()
    await until(async () => (await ready(topology.url)).status === 503)
    const refused = await introspect(at(topology.url), app, 'agpt_xt_unknown')
    const health = await ready(topology.url)

    assert.equal(refused.status, 503)
    assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)
    assert.equal(refused.body.error, 'temporarily_unavailable')
    assert.equal(typeof refused.body.detail, 'string')
    assert.deepEqual(await health.json(), { status: 'not ready', reason: 'database' })
    assert.equal((await fetch(`${topology.url}/health/live`)).status, 200)

    await Promise.all(topology.nodes.map((node) => node.stop('SIGKILL')))
    const nobody = await introspect(at(topology.url), app, 'agpt_xt_unknown')

    assert.equal(nobody.status, 503)
    assert.match(nobody.headers.get('retry-after') ?? '', /^\d+$/)
    assert.deepEqual(nobody.body, { error: 'temporarily_unavailable' })
  },
)

// RFC 9110 9.2.2
test('HAProxy repeats a GET that broke off, and never a post', only, async (t) => {
  const received: string[] = []
  const ports = await Promise.all([1, 2].map(() => breakingNode(t, received)))
  const port = await freePort()
  const proxy = await startProxy(port, ports)
  t.after(() => proxy.stop())
  const status = (init?: RequestInit) =>
    fetch(`http://127.0.0.1:${port}/`, init).then((answer) => answer.status)

  const statuses = [await status({ method: 'POST', body: 'code=once' }), await status()]

  assert.equal(received.filter((method) => method === 'POST').length, 1)
  assert.ok(received.filter((method) => method === 'GET').length > 1)
  assert.ok(statuses.every((one) => one >= 502))
})

/** Says that it is ready, and breaks off whatever else it is asked. */
async function breakingNode(t: TestContext, received: string[]): Promise<number> {
  const node = createServer((request, answer) => {
    const isProbe = request.url === '/health/ready'
    if (!isProbe) received.push(request.method ?? '')
    request.on('end', () => (isProbe ? answer.end() : request.socket.destroy())).resume()
  })
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  t.after(() => node.close())
  return (node.address() as AddressInfo).port
}

const ready = (url: string) => fetch(`${url}/health/ready`)

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return
    await sleep(50)
  }
  throw new Error('it did not happen')
}
