// The ceiling: Koa and undici with nothing between them, and no question asked.
import { createServer } from 'node:http'
import Koa from 'koa'
import { type Dispatcher, Pool } from 'undici'

const [port, platform = ''] = process.argv.slice(2)
const pool = new Pool(platform, { connections: 256, pipelining: 1 })
const app = new Koa()

app.use(async (ctx) => {
  const { method, url, headers } = ctx.req
  const { connection: _, host: __, 'transfer-encoding': ___, ...rest } = headers
  const answer = await pool.request({
    method: method as Dispatcher.HttpMethod,
    path: url ?? '/',
    headers: rest,
    body: method === 'POST' ? ctx.req : null,
  })
  ctx.status = answer.statusCode
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && name !== 'connection' && name !== 'keep-alive') ctx.set(name, value)
  }
  ctx.body = answer.body
})

createServer(app.callback()).listen(Number(port), '127.0.0.1')
