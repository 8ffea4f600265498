import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createAccount } from '#db/accounts.ts'
import { addClientSecret } from '#db/client-secrets.ts'
import { type Client, createClient } from '#db/clients.ts'
import type { Db } from '#db/database.ts'
import type { Installation } from '../faults/installation.ts'
import {
  adminToken,
  authorizePath,
  callbackParams,
  signInAndApprove,
  verifier,
} from '../harness.ts'
import { Visitor } from '../visitor.ts'

export const scopes = ['IDENTITY', 'READ_GRAPH', 'RUN_AGENT']

export interface App extends Client {
  secret: string
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what the test looks into is the point of it
  body: any
}

/** One person and one app at a real installation, with another app and an observer beside them. */
export class World {
  readonly place: Installation
  readonly #visitor: Visitor
  #checked = performance.now()

  readonly app: App
  readonly other: App
  readonly observer: App
  readonly person: { id: string; email: string }

  private constructor(place: Installation, apps: App[], person: { id: string; email: string }) {
    const [app, other, observer] = apps as [App, App, App]
    this.place = place
    this.app = app
    this.other = other
    this.observer = observer
    this.person = person
    this.#visitor = new Visitor(place.issuer)
  }

  static async create(place: Installation, passwordHash: string): Promise<World> {
    const { db } = place
    const email = `${randomUUID()}@example.com`
    const account = await createAccount(db, {
      email,
      emailKey: email,
      name: 'Ada',
      passwordHash,
      emailVerified: true,
    })
    const apps = [await newApp(db), await newApp(db), await newApp(db, true)]
    return new World(place, apps, { id: account?.id ?? '', email })
  }

  url(node: number): string {
    return this.place.urls[node % this.place.urls.length] ?? ''
  }

  async authorize(wanted: string[]): Promise<string> {
    const path = authorizePath(this.app, { scope: wanted.join(' ') })
    const page = await signInAndApprove(this.#visitor, path, this.person)
    const { code } = callbackParams(page)
    if (!code) throw new Error(`no code at ${page.url}: ${page.text.slice(0, 500)}`)
    return code
  }

  post(node: number, path: string, app: App, fields: Record<string, string>): Promise<Answer> {
    const credentials = { client_id: app.clientId, client_secret: app.secret }
    const body = new URLSearchParams({ ...credentials, ...fields })
    return ask(`${this.url(node)}/api/oauth/${path}`, { method: 'POST', body })
  }

  exchange(node: number, code: string, app = this.app, codeVerifier = verifier): Promise<Answer> {
    return this.post(node, 'token', app, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.app.redirectUris[0] ?? '',
      code_verifier: codeVerifier,
    })
  }

  refresh(node: number, token: string, app = this.app): Promise<Answer> {
    return this.post(node, 'token', app, { grant_type: 'refresh_token', refresh_token: token })
  }

  /** By an administrator, through the API of any node. */
  async enable(node: number, what: 'app' | 'person', isActive: boolean): Promise<void> {
    const path = what === 'app' ? `apps/${this.app.id}` : `users/${this.person.id}`
    const { status, body } = await ask(`${this.url(node)}/api/admin/${path}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ is_active: isActive }),
    })
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
  }

  /**
   * Lets exactly so many seconds pass since the last call, however long it really took: the rows
   * are moved. Codes spent just now are kept just spent, also on a machine that is slow.
   */
  async pass(seconds: number): Promise<void> {
    const real = (performance.now() - this.#checked) / 1000
    this.#checked = performance.now()
    const family = `family_id in (select f.id
                                    from token_families f
                                    join consents c on c.id = f.consent_id
                                   where c.client_id = '${this.app.id}')`
    const by = `make_interval(secs => ${real - seconds})`
    const moved = (names: string[]) => names.map((name) => `${name} = ${name} + ${by}`).join(', ')
    const times = ['issued_at', 'expires_at']
    await this.place.db.query(`
      update authorization_codes set ${moved([...times, 'consumed_at'])} where ${family};
      update access_tokens set ${moved(times)} where ${family};
      update refresh_tokens
         set ${moved([...times, 'first_issued_at', 'consumed_at'])} where ${family};
      update authorization_codes set consumed_at = now() + interval '3s'
       where consumed_at > now() - interval '1s' and ${family}`)
  }
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  return { status: response.status, body: await response.json() }
}

async function newApp(db: Db, resourceServer = false): Promise<App> {
  const client = await createClient(db, {
    id: randomUUID(),
    clientId: `agpt_client_${randomUUID()}`,
    name: 'App',
    type: 'web',
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: ['https://app.example/callback'],
    scopes,
    resourceServer,
    approvedAt: new Date(),
  })
  const secret = `agpt_secret_${randomBytes(32).toString('base64url')}`
  const secretHash = createHash('sha256').update(secret).digest()
  const clientRowId = client.id
  await addClientSecret(db, { id: randomUUID(), clientRowId, secretHash, hint: secret.slice(-4) })
  return { ...client, secret }
}
