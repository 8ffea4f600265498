import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { limitBodyTime } from './body-time.ts'

/** A server that reads a body whole before it answers, and whoever sends a part of one. */
async function sendPart(t: TestContext, path: string, { rest = '', milliseconds = 200 } = {}) {
  const server = createServer((req, res) => {
    let body = ''
    req.on('data', (piece) => {
      body += piece
    })
    req.on('end', () => res.end(body))
  })
  limitBodyTime(server, milliseconds)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const closed = once(socket, 'close')
  let answer = ''
  socket.on('data', (piece) => {
    answer += piece
  })
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\nhalf`,
  )
  if (rest) setTimeout(() => socket.write(rest), 3 * milliseconds)
  await closed
  return answer
}

// A149
test('a body that is not here in time is a 408, and its connection ends', async (t) => {
  const answer = await sendPart(t, '/login')

  assert.match(answer, /^HTTP\/1\.1 408 /)
})

test('an upload through the gateway takes as long as it takes', async (t) => {
  const answer = await sendPart(t, '/external-api/v2/files/upload', { rest: 'more' })

  assert.match(answer, /^HTTP\/1\.1 200 .*halfmore$/s)
})
