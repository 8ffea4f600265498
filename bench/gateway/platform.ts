// A platform behind the gateway that costs as little as it can: what is measured is what stands before it.
import { createServer } from 'node:http'

const items = Array.from({ length: 8 }, (_, id) => ({ id, name: `Agent ${id}`, runs: id * 7 }))
const page = JSON.stringify({ items, next_cursor: null })
const chunk = Buffer.alloc(64 * 1024)

const server = createServer((req, res) => {
  const size = Number(new URL(req.url ?? '/', 'http://platform').searchParams.get('bench_bytes'))
  if (req.method === 'POST') {
    let received = 0
    req
      .on('data', (bytes: Buffer) => {
        received += bytes.length
      })
      .on('end', () => res.writeHead(201).end(JSON.stringify({ received })))
  } else if (size > 0) {
    res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size })
    let left = size
    const more = () => {
      while (left > 0) {
        const bytes = chunk.subarray(0, Math.min(left, chunk.length))
        left -= bytes.length
        if (!res.write(bytes)) return void res.once('drain', more)
      }
      res.end()
    }
    more()
  } else {
    res
      .writeHead(200, { 'content-type': 'application/json', 'content-length': page.length })
      .end(page)
  }
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.argv[2]), '127.0.0.1')
