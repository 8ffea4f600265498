import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operations } from '../src/gateway/operations.ts'
import { platformScopeNames } from '../src/provider/scopes.ts'
import { apiKeyFor, awayFromMinuteEnd, wordsOf } from './gateway.ts'
import { startServer } from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()
const keyOf = async (scopes: string[] = [...platformScopeNames]) =>
  (await apiKeyFor(server, await server.user(), scopes)).key
const everything = await keyOf()

const call = (path: string, init: RequestInit = {}, key = everything) =>
  send(server, `/external-api/${path}`, { ...init, headers: { 'x-api-key': key, ...init.headers } })

// Contract, section 7: errors included.
test('every answer of the sandbox says that it is one', async (t) => {
  const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const narrow = await keyOf(['READ_RUN'])
  const limited = await startServer(t, { RATE_LIMITS: 'on' })
  await awayFromMinuteEnd()
  for (let calls = 0; calls < 5; calls++) await send(limited, '/external-api/v2/me')

  const answers = [
    [200, await call('v2/me')],
    [200, await call('v1/me')],
    [200, await call('v2/graphs')],
    [400, await call('v2/graphs?cursor=x')],
    [401, await call('v2/me', {}, 'x')],
    [401, await send(server, '/external-api/v1/blocks', { headers: bearer('x') })],
    [403, await call('v2/graphs', {}, narrow)],
    [404, await call('v2/nothing')],
    [405, await call('v2/me', { method: 'DELETE' })],
    [422, await call('v2/graphs', { ...json, body: '{}' })],
    [429, await send(limited, '/external-api/v2/me')],
  ] as const

  for (const [wanted, { status, headers }] of answers) {
    assert.deepEqual([status, headers.get('x-sandbox')], [wanted, 'true'])
  }
})

const page = (cursor: object) => Buffer.from(JSON.stringify(cursor)).toString('base64url')

// external-api.md 5
test('a cursor that nobody gave out is a 400, in every list', async () => {
  const lists = operations.filter(({ described }) =>
    described.parameters?.some(({ name }) => name === 'cursor'),
  )
  assert.ok(lists.length > 15)
  const query = (path: string) => (path === '/search' ? 'query=x&' : '')

  for (const { path } of lists) {
    const filled = path.replace(/\{\w+\}/g, 'x')
    for (const cursor of ['x', '%00', 'e30', page({ v: 2, k: 'p', p: 2 }), page([]), 'bnVsbA']) {
      const { status, body } = await call(`v2${filled}?${query(path)}cursor=${cursor}`)
      assert.deepEqual([status, body.error.code], [400, 'bad_request'], `${path} ${cursor}`)
    }
  }
})

test('a cursor of the right kind is taken, and of no kind where there is one page', async () => {
  // The documented example.
  assert.equal((await call('v2/graphs?cursor=eyJ2IjoxLCJrIjoicCIsInAiOjJ9')).status, 200)
  assert.equal((await call(`v2/graphs?cursor=${page({ v: 1, k: 't', t: 'x' })}`)).status, 400)
  const transactions = (cursor: object) => call(`v2/credits/transactions?cursor=${page(cursor)}`)
  assert.equal((await transactions({ v: 1, k: 't', t: 'x' })).status, 200)
  assert.equal((await transactions({ v: 1, k: 'p', p: 2 })).status, 400)
  assert.equal(
    (await call(`v2/credits/invoices?cursor=${page({ v: 1, k: 'p', p: 2 })}`)).status,
    400,
  )
})

test('a limit that is out of range is a 422 with the place', async () => {
  for (const limit of ['0', '101', '-1', 'x', '1.5', '']) {
    const { status, body } = await call(`v2/graphs?limit=${limit}`)

    assert.deepEqual([status, body.error.code], [422, 'validation_error'], limit)
    assert.equal(body.error.message, 'Invalid data for GET /external-api/v2/graphs')
    assert.deepEqual(body.error.details.errors[0].loc, ['query', 'limit'])
  }
  for (const limit of ['1', '100'])
    assert.equal((await call(`v2/graphs?limit=${limit}`)).status, 200)
})

test('a body that does not fit is a 422 in the shape of either version', async () => {
  const post = (path: string, body: string) =>
    call(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  for (const [body, loc] of [
    ['{}', ['body', 'name']],
    ['', ['body']],
    ['{', ['body']],
    ['{"name":1,"nodes":[],"links":[]}', ['body', 'name']],
  ] as const) {
    const v1 = await post('v1/graphs', body)
    const v2 = await post('v2/graphs', body)

    assert.deepEqual([v1.status, v2.status], [422, 422], body)
    const places = (errors: { loc: unknown }[]) => errors.map((error) => JSON.stringify(error.loc))
    assert.ok(places(v1.body.detail).includes(JSON.stringify(loc)), JSON.stringify(v1.body))
    assert.ok(places(v2.body.error.details.errors).includes(JSON.stringify(loc)))
    assert.equal(wordsOf('v2', v2.body), 'Invalid data for POST /external-api/v2/graphs')
  }
})

// external-api.md 7
test('a run that is started again with its Idempotency-Key is the first one', async () => {
  const start = async (
    idempotencyKey: string,
    body: object = {},
    key = everything,
    agent = 'a',
  ) => {
    const answer = await call(
      `v2/library/agents/${agent}/runs`,
      {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      },
      key,
    )
    return { status: answer.status, id: answer.body.id, body: answer.body }
  }

  const first = await start('once')
  const again = await start('  once ', { inputs: { another: 'body' } })
  assert.deepEqual([first.status, again.status, again.id], [202, 202, first.id])
  assert.notEqual((await start('twice')).id, first.id)
  assert.notEqual((await start('once', {}, await keyOf())).id, first.id)
  assert.notEqual((await start('  ')).id, (await start('  ')).id)
  assert.equal((await start('k'.repeat(255))).status, 202)
  const long = await start('k'.repeat(256))
  assert.equal(long.status, 422)
  assert.deepEqual(long.body.error.details.errors[0].loc, ['header', 'Idempotency-Key'])
  const crowd = await Promise.all(Array.from({ length: 10 }, () => start('crowd')))
  assert.deepEqual(new Set(crowd.map(({ status }) => status)), new Set([202]))
  assert.equal(new Set(crowd.map(({ id }) => id)).size, 1)
})

test('X-Team-Id changes nothing of /me here: everybody has one organization and no team', async () => {
  const plain = await call('v2/me')
  const inTeam = await call('v2/me', { headers: { 'x-team-id': 'team' } })

  assert.deepEqual(inTeam.body, plain.body)
  assert.equal(inTeam.body.team, null)
})
