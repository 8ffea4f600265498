import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import fc from 'fast-check'
import { rawSocket } from './raw-request.ts'
import { send, sharedServer } from './requests.ts'

const server = await sharedServer()

/** The request line as it is. */
async function ask(line: string): Promise<string> {
  const socket = rawSocket(server)
  let answer = ''
  socket.on('data', (bytes) => {
    answer += bytes
  })
  socket.write(
    `${line}\r\nHost: ${new URL(server.url).host}\r\nConnection: close\r\n\r\n`,
    'latin1',
  )
  await once(socket, 'close')
  return answer
}

// RFC 9112 3.2: one such request, of anybody, would otherwise end the process.
for (const target of [
  'http://a:b:c/',
  'http://localhost:99x/health/live',
  'https://user@127.0.0.1:1http://localhost/account',
  'http://xn--\xff/',
  'http://[::1/',
  '//a:b:c/#',
  'x://[/',
  // These can be read, and name no path.
  'foo://host',
  'http://',
  'a://?',
]) {
  test(`${target}, which asks for nothing, is refused, and the server goes on`, async () => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      assert.match(await ask(`${method} ${target} HTTP/1.1`), /^HTTP\/1\.1 4/)
    }

    assert.equal((await send(server, '/health/live')).status, 200)
  })
}

test('an address that is written out is the path in it', async () => {
  const answer = await ask(`GET ${server.url}/health/live HTTP/1.1`)

  assert.match(answer, /^HTTP\/1\.1 200/)
})

const pieces = [
  'a',
  'account',
  'external-api',
  'auth',
  'http',
  'x',
  'localhost',
  '1',
  '\xff',
  '%',
  '%zz',
]
const marks = [
  ':',
  '/',
  '//',
  '://',
  '?',
  '#',
  '@',
  '[',
  ']',
  '.',
  '..',
  '*',
  '\\',
  ';',
  '|',
  '"',
  '{',
  "'",
]

test('whatever the target is, somebody is told that it is nothing, and the server goes on', async () => {
  const target = fc
    .array(fc.constantFrom(...pieces, ...marks), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join(''))
  const method = fc.constantFrom('GET', 'POST', 'OPTIONS', 'PROPFIND')
  await fc.assert(
    fc.asyncProperty(method, target, async (method, target) => {
      assert.match(await ask(`${method} ${target} HTTP/1.1`), /^HTTP\/1\.1 ([234]|501)/)
    }),
    { numRuns: 500 },
  )

  assert.equal((await send(server, '/health/live')).status, 200)
})
