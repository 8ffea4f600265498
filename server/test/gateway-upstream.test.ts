import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, type RequestListener, request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer } from './harness.ts'
import { startPlatform } from './platform.ts'
import { rawRequest } from './raw-request.ts'
import { bearer, send } from './requests.ts'

async function setUp(t: TestContext, answer: RequestListener, env: Record<string, string> = {}) {
  const platform = await startPlatform(t, answer)
  const server = await startServer(t, { PLATFORM_API_URL: platform.url, ...env })
  return { platform, server }
}

const ok: RequestListener = (req, res) => {
  req.resume().on('end', () => {
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[]}')
  })
}

test('a call goes to the platform as it is, with its caller in signed words', async (t) => {
  const { platform, server } = await setUp(t, ok)
  const { value, user, client } = await issueToken(server, { scopes: ['READ_GRAPH'] })

  const { status, headers, body } = await send(
    server,
    '/external-api/v2/graphs?limit=3&cursor=a%2Bb',
    {
      headers: { ...bearer(value), 'x-team-id': 'team' },
    },
  )

  assert.deepEqual([status, body], [200, { items: [] }])
  assert.equal(headers.get('x-sandbox'), null)
  const [asked] = platform.asked
  assert.equal(asked?.url, '/external-api/v2/graphs?limit=3&cursor=a%2Bb')
  assert.equal(asked?.headers['x-team-id'], 'team')
  assert.equal(asked?.headers['x-autogpt-user-id'], user.id)
  assert.equal(asked?.headers['x-autogpt-client-id'], client.clientId)
  assert.equal(asked?.headers['x-autogpt-scopes'], 'READ_GRAPH')
  const jwks = createRemoteJWKSet(new URL('/.well-known/jwks.json', server.url))
  const jwt = String(asked?.headers['x-autogpt-identity'])
  // RFC 7519 4.1.1, 4.1.3; RFC 8725 3.11
  const { payload } = await jwtVerify(jwt, jwks, {
    issuer: server.url,
    audience: 'autogpt-platform',
    typ: 'autogpt-identity+jwt',
    algorithms: ['ES256'],
  })
  const { sub, client_id, scope, credential_type } = payload
  assert.deepEqual(
    [sub, client_id, scope, credential_type],
    [user.id, client.clientId, 'READ_GRAPH', 'oauth'],
  )
  assert.ok((payload.exp ?? 0) - (payload.iat ?? 0) <= 60)
})

test('neither the credential nor anything that could be taken for our word goes on', async (t) => {
  const { platform, server } = await setUp(t, ok)
  const user = await server.user()
  const { key } = await apiKeyFor(server, user, ['READ_GRAPH'])

  const { status } = await rawRequest(server, {
    path: '/external-api/v2/graphs',
    headers: {
      'x-api-key': key,
      cookie: 'session=1',
      authorization: 'Bearer other',
      'x-autogpt-user-id': ['admin', 'root'],
      'X-AutoGPT-Identity': 'forged',
      x_autogpt_scopes: 'EVERYTHING',
      'x-user-id': 'admin',
      'x-forwarded-user': 'admin',
      'x-http-method-override': 'DELETE',
      'proxy-authorization': 'x',
      connection: 'x-autogpt-identity, x-autogpt-user-id',
    },
  })

  assert.equal(status, 200)
  const { headers } = platform.asked[0] as IncomingMessage
  // A168, A170, A171, A172
  assert.equal(headers['x-autogpt-user-id'], user.id)
  assert.notEqual(headers['x-autogpt-identity'], 'forged')
  for (const name of Object.keys(headers)) {
    assert.match(
      name,
      /^(host|connection|accept|x-autogpt-(user-id|scopes|identity)|x-request-id)$/,
    )
  }
  assert.ok(!JSON.stringify(headers).includes(key))
})

test('an answer comes without what only this server may say', async (t) => {
  const { server } = await setUp(t, (_req, res) => {
    res
      .writeHead(200, {
        'set-cookie': 'session=1',
        'access-control-allow-origin': '*',
        'www-authenticate': 'Basic',
        server: 'uvicorn',
        connection: 'x-internal',
        'x-internal': '1',
        'x-custom': '2',
      })
      .end('<b>hello')
  })
  const { value } = await issueToken(server, { scopes: ['READ_GRAPH'] })

  const { headers, body } = await send(server, '/external-api/v2/graphs', {
    headers: bearer(value),
  })

  assert.equal(String(body), '<b>hello')
  assert.equal(headers.get('x-custom'), '2')
  // No page of ours, whatever it looks like.
  assert.equal(headers.get('content-type'), 'application/octet-stream')
  for (const name of [
    'set-cookie',
    'access-control-allow-origin',
    'www-authenticate',
    'server',
    'x-internal',
  ]) {
    assert.equal(headers.get(name), null, name) // A172
  }
})

test('a redirect within the platform stays with us, one to an inner host is refused', async (t) => {
  let location = ''
  const { platform, server } = await setUp(t, (_req, res) => {
    res.writeHead(307, { location }).end()
  })
  const { value } = await issueToken(server, { scopes: ['READ_FILES'] })
  const follow = async (to: string) => {
    location = to
    const answer = await send(server, '/external-api/v2/files/1/download', {
      headers: bearer(value),
    })
    return [answer.status, answer.headers.get('location')]
  }

  const ours = '/external-api/v2/files/2'
  assert.deepEqual(await follow(ours), [307, server.url + ours])
  assert.deepEqual(await follow(platform.url + ours), [307, server.url + ours])
  const store = 'https://storage.example.com/file?sig=1'
  assert.deepEqual(await follow(store), [307, store])
  for (const inner of [
    'http://10.0.0.1/',
    'https://10.0.0.1/',
    'https://db.internal/',
    `${platform.url}/admin`,
  ]) {
    assert.deepEqual(await follow(inner), [502, null], inner) // A172
  }
})

test('what streams in and out is never held back', async (t) => {
  const { server } = await setUp(t, (req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    req.pipe(res)
  })
  const { value } = await issueToken(server, { scopes: ['WRITE_FILES'] })
  const url = `${server.url}/external-api/v2/files/upload`
  const sent = request(url, { method: 'POST', headers: bearer(value) })
  const arrived = once(sent, 'response')
  sent.write('one')
  const [response] = await arrived
  const pieces = response.setEncoding('utf8')[Symbol.asyncIterator]()
  const first = await pieces.next()
  sent.end('two')
  const second = await pieces.next()

  assert.deepEqual([first.value, second.value], ['one', 'two'])
  assert.equal((await pieces.next()).done, true)
})

// A173
test('a stream ends when its credential does', async (t) => {
  const { server } = await setUp(t, (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
  })
  const { value, consentId } = await issueToken(server, { scopes: ['READ_RUN'] })
  const sent = request(`${server.url}/external-api/v2/runs`, { headers: bearer(value) }).end()
  const [response] = await once(sent, 'response')
  await once(response, 'data')

  await server.db.query('delete from consents where id = $1', [consentId])

  const [error] = await once(response, 'error')
  assert.equal(error.code, 'ECONNRESET')
})

// A173
test('an upload ends when its credential does, while it goes up', async (t) => {
  const { platform, server } = await setUp(t, (req) => req.resume())
  const { value, consentId } = await issueToken(server, { scopes: ['WRITE_FILES'] })
  const url = `${server.url}/external-api/v2/files/upload`
  const sent = request(url, { method: 'POST', headers: bearer(value) })
  const over = once(sent, 'error')
  sent.write('x')
  const going = setInterval(() => sent.write('x'), 50)
  t.after(() => clearInterval(going))
  while (platform.asked.length === 0) await sleep(10)

  await server.db.query('delete from consents where id = $1', [consentId])
  const revokedAt = performance.now()

  const [error] = await over
  assert.match(error.code, /^(ECONNRESET|EPIPE)$/)
  const [lasted, late] = [performance.now() - revokedAt, 700]
  assert.ok(lasted < 1_000 + late, `${lasted} ms`)
  while (!platform.asked[0]?.destroyed) await sleep(10)
})

// R19
test('a platform that is away, hangs or breaks off is a 502 or 504, and nothing else suffers', async (t) => {
  const { platform, server } = await setUp(t, (req, res) => {
    if (req.url?.includes('/blocks')) res.destroy()
    else res.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{}}')
  })
  const { value } = await issueToken(server, { scopes: ['READ_GRAPH', 'READ_BLOCK', 'RUN_AGENT'] })
  const call = (path: string, init: RequestInit = {}) =>
    send(server, `/external-api/${path}`, { ...init, headers: bearer(value) })

  // What broke off is asked once more, as it only reads.
  assert.deepEqual(
    [(await call('v2/blocks')).body, platform.asked.length],
    [
      {
        error: {
          code: 'upstream_error',
          message: 'The platform cannot be reached at the moment; try again.',
          details: null,
        },
      },
      2,
    ],
  )
  assert.equal((await call('v2/graphs')).status, 500)
  const v1 = await call('v1/blocks')
  assert.equal(v1.status, 502)
  assert.match(v1.body.detail, /cannot be reached/)
  const run = { method: 'POST', body: '{}' }
  assert.equal((await call('v2/library/agents/1/runs', run)).status, 500)
  // A175: after several in a row nobody waits any more, for a second.
  for (let round = 0; round < 12; round++) await call('v2/blocks')
  const before = platform.asked.length
  assert.equal((await call('v2/graphs')).status, 502)
  assert.equal(platform.asked.length, before)
  assert.equal((await send(server, '/health/ready')).status, 200)
  assert.equal((await call('v2/me')).status, 403)
  await sleep(1100)
  assert.equal((await call('v2/graphs')).status, 500)
})

test('with a platform nothing of a body is looked at', async (t) => {
  const { platform, server } = await setUp(t, ok)
  const { value } = await issueToken(server, { scopes: ['WRITE_GRAPH'] })

  const { status } = await send(server, '/external-api/v2/graphs?limit=x', {
    method: 'POST',
    body: 'no JSON at all',
    headers: bearer(value),
  })

  assert.deepEqual([status, platform.asked.length], [200, 1])
})
