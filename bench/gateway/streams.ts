import { Readable } from 'node:stream'
import { request } from 'undici'
import { memoryOf } from '../processes.ts'

const megabyte = 1024 * 1024
const chunk = Buffer.alloc(64 * 1024)

function* bytes(size: number) {
  for (let left = size; left > 0; left -= chunk.length) {
    yield chunk.subarray(0, Math.min(left, chunk.length))
  }
}

/** What a body of so many MB, down and up, adds to the highest memory of the server, in MB. */
export async function memoryOfStreams(
  server: { origin: string; pid: number },
  token: string,
  megabytes: number,
): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  const size = megabytes * megabyte
  const before = memoryOf(server.pid).peak
  const down = await request(`${server.origin}/external-api/v2/graphs?bench_bytes=${size}`, {
    headers,
  })
  let received = 0
  for await (const part of down.body) received += (part as Buffer).length
  if (received !== size) throw new Error(`${received} bytes came down of ${size}`)
  const up = await request(`${server.origin}/external-api/v2/graphs`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: Readable.from(bytes(size)),
  })
  const answer = (await up.body.json()) as { received?: number }
  if (answer.received !== size) throw new Error(`up: ${up.statusCode} ${JSON.stringify(answer)}`)
  return memoryOf(server.pid).peak - before
}
