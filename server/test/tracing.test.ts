import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { testDatabase } from '#db/testing.ts'
import { startTracing } from '../src/observability/tracing.ts'
import {
  authorizePath,
  callbackParams,
  exchange,
  password,
  refresh,
  signInAndApprove,
  startServer,
  tokensFor,
} from './harness.ts'
import { type ReceivedSpan, startReceiver } from './otlp-receiver.ts'
import { send } from './requests.ts'

async function tracedServer(t: TestContext, endpoint: string) {
  const warnings: string[] = []
  const log = { warn: (_fields: object, message: string) => void warnings.push(message) }
  const tracing = startTracing({ endpoint, log })
  const db = tracing.database(await testDatabase(t))
  const server = await startServer(t, {}, { tracing, db })
  return { server, tracing, warnings }
}

const below = (spans: ReceivedSpan[], { spanId }: ReceivedSpan) =>
  spans.filter(({ parentId }) => parentId === spanId)

test('authorize, sign-in and token exchange are spans with their statements below', async (t) => {
  const receiver = await startReceiver(t)
  const { server, tracing } = await tracedServer(t, receiver.endpoint)
  const client = await server.client()

  await tokensFor(server, client, await server.user())
  await tracing.close()

  assert.deepEqual([...new Set(receiver.paths)], ['application/x-protobuf /v1/traces'])
  const named = (name: string) => receiver.spans.filter((span) => span.name === name)
  const [authorize] = named('GET /auth/authorize')
  const [token] = named('POST /api/oauth/token')
  assert.ok(authorize && token && named('POST /auth/interaction/:uid/login')[0])
  assert.equal(authorize.kind, 2)
  assert.equal(authorize.attributes['http.response.status_code'], 303)
  const statements = below(receiver.spans, token)
  assert.ok(statements.length >= 2, JSON.stringify(statements))
  for (const { kind, attributes, traceId } of statements) {
    assert.equal(kind, 3)
    assert.equal(attributes['db.system.name'], 'postgresql')
    assert.equal(traceId, token.traceId)
  }
  // Only requests begin a trace: what runs by itself has no span.
  assert.ok(receiver.spans.every(({ parentId, kind }) => parentId !== '' || kind === 2))
})

test('no span says a token, code, password, cookie or address', async (t) => {
  const receiver = await startReceiver(t)
  const { server, tracing } = await tracedServer(t, receiver.endpoint)
  const client = await server.client()
  const user = await server.user()
  const visitor = server.visitor()

  const page = await signInAndApprove(visitor, authorizePath(client), user)
  const { code = '' } = callbackParams(page)
  const { body } = await exchange(server, client, code)
  await refresh(server, client, body.refresh_token)
  await send(server, '/nowhere?code=in-a-query')
  const cookies = await visitor.jar.getCookies(server.url)
  await tracing.close()

  const sent = Buffer.concat(receiver.bytes).toString('latin1')
  const { access_token, refresh_token, id_token } = body
  const used = [code, access_token, refresh_token, id_token, client.secret, password, user.email]
  for (const secret of [...used, 'in-a-query', ...cookies.map(({ value }) => value)]) {
    assert.ok(!sent.includes(secret), secret)
  }
  assert.ok(receiver.spans.length > 20)
})

test('a request is placed in the trace of its caller, and keeps its own id', async (t) => {
  const receiver = await startReceiver(t)
  const { server, tracing } = await tracedServer(t, receiver.endpoint)
  const [traceId, parentId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']

  const traceparent = `00-${traceId}-${parentId}-00`
  const { headers } = await send(server, '/health/live', { headers: { traceparent } })
  await send(server, '/health/live', { headers: { traceparent: 'nonsense' } })
  await tracing.close()

  const [placed, alone] = receiver.spans
  assert.equal(placed?.traceId, traceId)
  assert.equal(placed.parentId, parentId)
  assert.equal(placed.attributes['sso.request_id'], headers.get('x-request-id'))
  assert.notEqual(headers.get('x-request-id'), traceId)
  assert.notEqual(alone?.traceId, traceId)
  assert.equal(alone?.parentId, '')
})

async function receiverThat(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const dead: [string, (t: TestContext) => Promise<string>][] = [
  ['refuses connections', async () => 'http://127.0.0.1:9'],
  ['never answers', (t) => receiverThat(t, () => {})],
]

for (const [what, endpointOf] of dead) {
  test(`a receiver that ${what} changes nothing for people and apps`, async (t) => {
    const { server, tracing } = await tracedServer(t, await endpointOf(t))
    const client = await server.client()

    const tokens = await tokensFor(server, client, await server.user())
    const { status } = await refresh(server, client, tokens.refresh_token ?? '')
    await tracing.close()

    assert.equal(status, 200)
    assert.equal((await send(server, '/health/ready')).status, 200)
  })
}

test('traces that are refused are a warning in the log', async (t) => {
  const endpoint = await receiverThat(t, (_request, response) => response.writeHead(401).end())
  const { server, tracing, warnings } = await tracedServer(t, endpoint)

  await send(server, '/health/live')
  await tracing.close()

  assert.deepEqual(warnings, ['traces cannot be sent'])
})

test("the exporter's own variables name the service and carry a credential", async (t) => {
  const { env } = process
  Object.assign(env, { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=ours', OTEL_SERVICE_NAME: 'sign-in' })
  t.after(() => {
    delete env.OTEL_EXPORTER_OTLP_HEADERS
    delete env.OTEL_SERVICE_NAME
  })
  const receiver = await startReceiver(t)
  const { server, tracing } = await tracedServer(t, receiver.endpoint)

  await send(server, '/health/live')
  await tracing.close()

  assert.equal(receiver.headers['x-key'], 'ours')
  assert.match(Buffer.concat(receiver.bytes).toString('latin1'), /service\.name.{1,6}sign-in/s)
})
