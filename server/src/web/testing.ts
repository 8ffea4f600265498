import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import Koa, { type Middleware } from 'koa'
import { securityHeaders } from './headers.ts'
import { problemMiddleware } from './problem.ts'

/** A real server with the ground every page stands on; answers its origin and what it logged. */
export async function serve(t: TestContext, ...middlewares: Middleware[]) {
  const logged: object[] = []
  const log = { error: (fields: object) => void logged.push(fields) }
  const app = new Koa()
  app.silent = true
  app.use(securityHeaders({ hsts: false })).use(problemMiddleware({ log }))
  for (const middleware of middlewares) app.use(middleware)
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, port, logged }
}
