import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import Koa from 'koa'
import { createAccount } from '#db/accounts.ts'
import type { Database } from '#db/database.ts'
import { testDatabase } from '#db/testing.ts'
import { assets } from '#web/assets.ts'
import { csrf } from '#web/csrf.ts'
import { securityHeaders } from '#web/headers.ts'
import { problemMiddleware } from '#web/problem.ts'
import { adminApiRoutes } from '../src/admin/api-routes.ts'
import { appCardRoutes } from '../src/admin/app-card.ts'
import { adminPageRoutes } from '../src/admin/page-routes.ts'
import { apiKeyChanges } from '../src/api-keys/keys.ts'
import { deriveKeys, sealWith } from '../src/keys.ts'
import { passwordHashing } from '../src/login/passwords.ts'
import { keyCommands } from '../src/provider/key-commands.ts'
import { createKeyRing } from '../src/provider/key-ring.ts'
import { keySchedule } from '../src/provider/key-schedule.ts'
import { allScopes, platformScopeNames } from '../src/provider/scopes.ts'
import { redirectUriProblem } from '../src/redirect-uris.ts'
import { userApiKeyOperations } from '../src/user-api-keys.ts'

export const adminToken = 'test-admin-token-0123456789'

export interface ApiAnswer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what tests look into is the point of the test
  body: any
}

export interface AdminServer {
  url: string
  db: Database
  /** A call with the admin token; headers given replace it. */
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer>
  admin(email?: string): Promise<string>
}

/** The admin API by itself; a session is the account id in a header, all else is the real thing. */
export async function startAdminServer(t: TestContext): Promise<AdminServer> {
  const db = await testDatabase(t)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const cost = { memoryCost: 64, timeCost: 1, parallelism: 1 }
  const parts = {
    db,
    issuer,
    adminToken,
    sessions: { accountId: async (ctx: Koa.Context) => ctx.get('x-test-session') || undefined },
    passwords: passwordHashing({ cost }),
    setUpLink: async () => `${issuer}/set-password?token=once`,
    rules: { scopes: allScopes, redirectUriProblem },
    platformScopes: platformScopeNames,
    signingKeys: await signingKeys(t, db),
    more: userApiKeyOperations({
      db,
      apiKeys: apiKeyChanges({ db, capped: true }),
      platformScopes: platformScopeNames,
    }),
    csrf: csrf({ keys: [Buffer.alloc(32)], secure: false, origin: issuer }),
  }
  const app = new Koa()
  app.use(
    problemMiddleware({
      log: { error: (fields) => t.diagnostic(String(Object.values(fields)[0]?.stack)) },
    }),
  )
  app.use(securityHeaders({ hsts: false })).use(assets())
  for (const routes of [adminApiRoutes(parts), appCardRoutes(parts), adminPageRoutes(parts)]) {
    app.use(routes.routes()).use(routes.allowedMethods())
  }
  server.on('request', app.callback())
  return {
    url: issuer,
    db,
    api: (method, path, body, headers) => call(issuer, { method, path, body, headers }),
    admin: async (email = 'admin@example.com') => {
      const account = await createAccount(db, {
        email,
        emailKey: email,
        roles: ['admin'],
        emailVerified: true,
      })
      return account?.id ?? ''
    },
  }
}

async function signingKeys(t: TestContext, db: Database) {
  const seal = sealWith(deriveKeys('k'.repeat(32)).sealing)
  const log = { error: () => t.diagnostic('a signing key cannot be read') }
  const parts = { db, seal, schedule: keySchedule, log }
  return keyCommands({ ...parts, ring: await createKeyRing(parts) })
}

interface Call {
  method: string
  path: string
  body: unknown
  headers: Record<string, string> | undefined
}

async function call(url: string, { method, path, body, headers }: Call): Promise<ApiAnswer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(headers ?? { authorization: `Bearer ${adminToken}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  }
}
