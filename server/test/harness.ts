import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createAccount } from '#db/accounts.ts'
import { addClientSecret } from '#db/client-secrets.ts'
import { type Client, createClient, type NewClient } from '#db/clients.ts'
import type { Database } from '#db/database.ts'
import { testDatabase } from '#db/testing.ts'
import { type App, type AppParts, createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { noteSecrets, serverLog } from './suite-log/suite-log.ts'
import { type Page, Visitor } from './visitor.ts'

export const password = 'correct horse battery staple'
export const adminToken = 'test-admin-token-0123456789'
export const secretKey = 'a test secret key of more than 32 characters'

export interface TestServer {
  url: string
  db: Database
  app: App
  dataDir: string
  visitor(headers?: Record<string, string>): Visitor
  client(fields?: Partial<NewClient>): Promise<TestClient>
  user(fields?: { email?: string; name?: string; roles?: string[] }): Promise<TestUser>
  /** Text of the mails sent so far, oldest first. */
  mails(): Promise<string[]>
}

export type TestClient = Client & { secret: string }
export interface TestUser {
  id: string
  email: string
}

/**
 * The real server on a free port with a database of its own; everything ends with the test. Another
 * node of the same database: with that in parts, and its ISSUER.
 */
export async function startServer(
  t: TestContext,
  env: Record<string, string> = {},
  parts: Partial<AppParts> & { db?: Database } = {},
): Promise<TestServer> {
  const db = parts.db ?? (await testDatabase(t))
  const dataDir = await mkdtemp(join(tmpdir(), 'autogpt-sso-test-'))
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const running: { app?: App } = {}
  // Registered before anything can fail; mail that is being written comes before its directory goes.
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await running.app?.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const { port } = server.address() as AddressInfo
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: dataDir,
    RATE_LIMITS: 'off',
    DEMO: 'off',
    ...env,
  })
  const log = serverLog()
  noteSecrets(password, adminToken, secretKey, verifier)
  const isDraining = () => false
  const app = await createApp({ config, secretKey, adminToken, log, isDraining, ...parts, db })
  running.app = app
  server.on('request', app.koa.callback())
  const url = `http://localhost:${port}`
  return {
    url,
    db,
    app,
    dataDir,
    visitor: (headers) => new Visitor(url, headers),
    client: (fields) => registerClient(db, fields),
    user: async ({
      email = `${randomUUID()}@example.com`,
      name = 'Ada Lovelace',
      roles = [],
    } = {}) => {
      const passwordHash = await app.hashPassword(password)
      const account = await createAccount(db, {
        email,
        emailKey: email,
        name,
        roles,
        passwordHash,
        timezone: 'Europe/London',
        emailVerified: true,
      })
      if (!account) throw new Error('the address is taken')
      noteSecrets(email)
      return { id: account.id, email }
    },
    mails: async () => {
      const outbox = join(dataDir, 'outbox')
      const files = (await readdir(outbox).catch(() => [])).filter((name) => name.endsWith('.eml'))
      return Promise.all(files.sort().map((name) => readFile(join(outbox, name), 'utf8')))
    },
  }
}

async function registerClient(db: Database, fields: Partial<NewClient> = {}): Promise<TestClient> {
  const type = fields.type ?? 'web'
  const machine = type === 'machine'
  const client = await createClient(db, {
    id: randomUUID(),
    clientId: `agpt_client_${randomBytes(16).toString('base64url')}`,
    name: 'Test App',
    type,
    grantTypes: machine ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
    redirectUris: machine ? [] : ['https://app.example/callback'],
    postLogoutRedirectUris: machine ? [] : ['https://app.example/'],
    allowedOrigins: machine ? [] : ['https://app.example'],
    scopes: ['IDENTITY', 'READ_GRAPH', 'RUN_AGENT'],
    approvedAt: new Date(),
    ...fields,
  })
  const secret = `agpt_secret_${randomBytes(32).toString('base64url')}`
  noteSecrets(secret)
  if (type === 'web' || machine) {
    const secretHash = createHash('sha256').update(secret).digest()
    await addClientSecret(db, {
      id: randomUUID(),
      clientRowId: client.id,
      secretHash,
      hint: secret.slice(-4),
    })
  }
  return { ...client, secret }
}

export const verifier = 'test-verifier-0123456789-0123456789-0123456789'
const challenge = createHash('sha256').update(verifier).digest('base64url')

/** A right authorization request; a parameter given as undefined is left out. */
export function authorizePath(
  client: Client,
  params: Record<string, string | undefined> = {},
): string {
  const all = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: client.redirectUris[0],
    scope: 'openid IDENTITY READ_GRAPH',
    state: 'test-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...params,
  }
  const given = Object.entries(all).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return `/auth/authorize?${new URLSearchParams(given)}`
}

/** Signs in and says yes; the last page is the app's callback. */
export async function signInAndApprove(
  visitor: Visitor,
  path: string,
  user: TestUser,
  scope?: string[],
): Promise<Page> {
  let page = await visitor.go(path)
  if (page.html.querySelector('[name="password"]')) {
    page = await visitor.submit(page, { email: user.email, password })
  }
  if (!page.html.querySelector('[name="decision"]')) return page
  return visitor.submit(page, { decision: 'approve', ...(scope ? { scope } : {}) })
}

export function callbackParams(page: Page): Record<string, string> {
  return Object.fromEntries(new URL(page.url).searchParams)
}

/** A code for this client and person, by the whole way through the pages. */
export async function codeFor(
  server: TestServer,
  client: Client,
  user: TestUser,
  params: Record<string, string | undefined> = {},
): Promise<string> {
  const page = await signInAndApprove(server.visitor(), authorizePath(client, params), user)
  const { code } = callbackParams(page)
  if (!code) throw new Error(`no code at ${page.url}: ${page.text.slice(0, 2000)}`)
  return code
}

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what tests look into is the point of the test
  body: any
}

/** A form post to an OAuth endpoint, the client's credentials in the body. */
export async function post(
  server: TestServer,
  path: string,
  fields: Record<string, string>,
  client?: TestClient,
): Promise<Answer> {
  const credentials = client ? credentialsOf(client) : {}
  const body = new URLSearchParams({ ...credentials, ...fields })
  return answerOf(await fetch(server.url + path, { method: 'POST', body }))
}

/** The same in AutoGPT's dialect. */
export async function postJson(
  server: TestServer,
  path: string,
  fields: object,
  client?: TestClient,
): Promise<Answer> {
  const body = JSON.stringify({ ...(client ? credentialsOf(client) : {}), ...fields })
  const headers = { 'content-type': 'application/json' }
  return answerOf(await fetch(server.url + path, { method: 'POST', body, headers }))
}

const credentialsOf = ({ type, clientId, secret }: TestClient) => ({
  client_id: clientId,
  ...(type === 'web' || type === 'machine' ? { client_secret: secret } : {}),
})

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  }
}

export const exchange = (
  server: TestServer,
  client: TestClient,
  code: string,
  fields: Record<string, string> = {},
): Promise<Answer> =>
  post(
    server,
    '/api/oauth/token',
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: client.redirectUris[0] ?? '',
      code_verifier: verifier,
      ...fields,
    },
    client,
  )

export const refresh = (
  server: TestServer,
  client: TestClient,
  refreshToken: string,
  fields: Record<string, string> = {},
): Promise<Answer> =>
  post(
    server,
    '/api/oauth/token',
    { grant_type: 'refresh_token', refresh_token: refreshToken, ...fields },
    client,
  )

export const introspect = (server: TestServer, client: TestClient, token: string) =>
  post(server, '/api/oauth/introspect', { token }, client)

/** Tokens by the whole way: sign-in, consent, exchange. */
export async function tokensFor(
  server: TestServer,
  client: TestClient,
  user: TestUser,
  params: Record<string, string | undefined> = {},
): Promise<Record<string, string>> {
  const { status, body } = await exchange(
    server,
    client,
    await codeFor(server, client, user, params),
  )
  if (status !== 200) throw new Error(`token endpoint: ${status} ${JSON.stringify(body)}`)
  return body
}
