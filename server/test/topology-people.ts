import { randomUUID } from 'node:crypto'
import {
  type Answer,
  answerOf,
  authorizePath,
  callbackParams,
  exchange,
  password,
  signInAndApprove,
  type TestClient,
  type TestServer,
  type TestUser,
} from './harness.ts'
import type { Topology } from './topology.ts'
import { Visitor } from './visitor.ts'

export type App = TestClient & { rowId: string }

/** What it takes to make people and apps. */
export type Place = Pick<Topology, 'url' | 'adminToken'>

/** One address of a topology, as the helpers of harness.ts take a server. */
export const at = (url: string) => ({ url }) as TestServer

export async function api(
  { adminToken }: Pick<Place, 'adminToken'>,
  base: string,
  [method, path]: [method: string, path: string],
  body?: object,
): Promise<Answer> {
  const answer = await answerOf(
    await fetch(`${base}/api/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    }),
  )
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer
}

export async function newUser(place: Place, fields: object = {}): Promise<TestUser> {
  const email = `${randomUUID()}@example.com`
  const person = { email, password, name: 'Ada', ...fields }
  const { body } = await api(place, place.url, ['POST', '/users'], person)
  return { id: body.id, email }
}

export async function newApp(place: Place): Promise<App> {
  const redirectUris = ['https://app.example/callback']
  const fields = { redirect_uris: redirectUris, scopes: ['IDENTITY', 'READ_GRAPH', 'RUN_AGENT'] }
  return { ...(await register(place, fields)), redirectUris, type: 'web' } as App
}

export async function newMachine(place: Place): Promise<App> {
  const fields = { type: 'machine', redirect_uris: [], scopes: ['READ_GRAPH'] }
  return { ...(await register(place, fields)), type: 'machine' } as App
}

async function register(place: Place, fields: object) {
  const app = { name: 'Test App', ...fields }
  const { body } = await api(place, place.url, ['POST', '/apps'], app)
  return { rowId: body.id, clientId: body.client_id, secret: body.client_secret }
}

export class Person {
  readonly visitor: Visitor
  readonly user: TestUser
  readonly #url: string

  constructor({ url }: Place, user: TestUser) {
    this.visitor = new Visitor(url)
    this.user = user
    this.#url = url
  }

  /** Through HAProxy, signing in and consenting where that is asked. */
  async code(app: App): Promise<string> {
    const page = await signInAndApprove(this.visitor, authorizePath(app), this.user)
    const { code } = callbackParams(page)
    if (!code) throw new Error(`no code at ${page.url} (${page.status}): ${page.text}`)
    return code
  }

  async tokens(app: App, url = this.#url): Promise<{ access: string; refresh: string }> {
    const { status, body } = await exchange(at(url), app, await this.code(app))
    if (status !== 200) throw new Error(`token endpoint: ${status} ${JSON.stringify(body)}`)
    return { access: body.access_token, refresh: body.refresh_token }
  }
}
