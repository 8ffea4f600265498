import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findOperation, operations } from './operations.ts'

const problemOf = (method: string, path: string, version: 'v1' | 'v2' = 'v2') => {
  const sought = findOperation(version, method, path)
  return 'problem' in sought ? sought.problem : sought.operation.path
}

test('a word is meant more than a placeholder', () => {
  assert.equal(problemOf('GET', '/runs/reviews'), '/runs/reviews')
  assert.equal(problemOf('GET', '/library/folders/tree'), '/library/folders/tree')
  assert.equal(problemOf('GET', '/runs/17'), '/runs/{run_id}')
  assert.equal(
    problemOf('GET', '/marketplace/agents/by-version/17'),
    '/marketplace/agents/by-version/{version_id}',
  )
})

test('the parameters of a path are decoded', () => {
  const sought = findOperation('v2', 'GET', '/marketplace/agents/ada%20l/invoice-reader')

  assert.ok('params' in sought)
  assert.deepEqual(sought.params, { username: 'ada l', agent_name: 'invoice-reader' })
})

test('HEAD needs what GET needs, and other methods are refused by name', () => {
  const head = findOperation('v2', 'HEAD', '/blocks')
  const put = findOperation('v2', 'PUT', '/graphs')

  assert.deepEqual('operation' in head && head.operation.scopes, ['READ_BLOCK'])
  assert.deepEqual(put, { problem: 'method_not_allowed', allowed: ['GET', 'POST'] })
  // A168
  for (const method of ['get', 'Get', 'BREW', 'TRACE', '__proto__', 'constructor']) {
    assert.equal(problemOf(method, '/graphs'), 'method_not_allowed', method)
  }
})

// A167
test('a path that could be read in two ways is nobody’s operation', () => {
  for (const path of [
    '//graphs',
    '/graphs//x',
    '/./graphs',
    '/x/../graphs',
    '/graphs/..',
    '/graphs/%2e%2e/blocks',
    '/graphs%2fx',
    '/graphs/a%2Fb',
    '/graphs/a%5cb',
    '/graphs/%00',
    '/graphs;x=1',
    '/graphs\\x',
    '/graphs/%252e',
    // To this platform the reviews, which need another scope than a run
    '/runs/%72eviews',
    '/runs/review%73',
    '/library/folders/tre%65',
    '/marketplace/agents/by%2Dversion/17',
    '/graphs/%41%5a%5F%39',
    '/graphs/%',
    '/graphs/%zz',
    '/graphs/%c0%ae',
    '/graphs/%ff',
    '/graphs/é',
    '/graphs/a b',
    '/graphs#x',
    'graphs',
  ]) {
    assert.equal(problemOf('GET', path), 'malformed', path)
  }
  for (const path of ['/Graphs', '/graph%73', '/graphs/', '/graphs%20', '/admin']) {
    assert.ok(['malformed', 'not_found'].includes(problemOf('GET', path)), path)
  }
})

// A167: whatever the spelling, what is found is what its own path says
test('no spelling reaches an operation but its own', () => {
  const piece = fc.constantFrom(
    ...['graphs', 'me', 'runs', 'share', 'files', 'x', '', '.', '..', '%2e', '%2f', '%67raphs'],
    ...['GRAPHS', 'graphs;', ' ', '\\', '%00', '?', '#', 'reviews', '%252f', 'é'],
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.constantFrom('/', '//', '\\', '/./'),
      (parts, by) => {
        const path = `/${parts.join(by)}`
        const sought = findOperation('v2', 'GET', path)
        if ('problem' in sought) return
        const template = sought.operation.path.split('/')
        const sent = path.split('/')
        assert.equal(sent.length, template.length)
        for (const [index, part] of template.entries()) {
          if (part.startsWith('{')) assert.match(sent[index] ?? '', /^(?!\.+$)[\w.%-]+$/)
          else assert.equal(sent[index], part)
        }
      },
    ),
    { numRuns: 5000 },
  )
})

test('all 91 operations of the facts are there, and three ways to the MCP server', () => {
  const mcp = operations.filter(({ described }) => described['x-mcp'])

  assert.deepEqual(
    mcp.map(({ method, path }) => `${method} ${path}`),
    ['get /mcp/', 'post /mcp/', 'delete /mcp/'],
  )
  assert.equal(operations.length, 91 + mcp.length)
  assert.equal(
    new Set(operations.map(({ version, described }) => version + described.operationId)).size,
    operations.length,
  )
})
