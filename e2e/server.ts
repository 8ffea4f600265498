import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The server that playwright.config.ts starts for all specs; people and apps are each spec's own. */
export interface Server {
  issuer: string
  demoOrigin: string
  dataDir: string
  admin: Person
  createUser(fields?: Partial<Person>): Promise<Person>
  createApp(fields: NewApp): Promise<App>
  changeApp(id: string, fields: { approved?: boolean; is_active?: boolean }): Promise<void>
}

export interface Person {
  email: string
  password: string
  name: string
}

export interface NewApp {
  name: string
  redirect_uris: string[]
  scopes: string[]
  optional_scopes?: string[]
  type?: 'web' | 'spa' | 'native'
  allowed_origins?: string[]
}

export interface App {
  id: string
  client_id: string
  client_secret?: string
}

export function serverUnderTest(): Server {
  const port = Number(process.env.E2E_PORT)
  const dataDir = String(process.env.E2E_DATA_DIR)
  const issuer = `http://localhost:${port}`

  const call = async (method: string, path: string, body: object): Promise<unknown> => {
    const token = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()
    const response = await fetch(`${issuer}/api/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  return {
    issuer,
    demoOrigin: `http://localhost:${port + 1}`,
    dataDir,
    admin: { email: 'admin@example.com', password: 'an admin of browser tests', name: '' },
    createUser: async (fields) => {
      const person = newPerson(fields)
      await call('POST', 'users', { ...person, timezone: 'Europe/London' })
      return person
    },
    createApp: async (fields) => (await call('POST', 'apps', { type: 'spa', ...fields })) as App,
    changeApp: async (id, fields) => {
      await call('PATCH', `apps/${id}`, fields)
    },
  }
}

/** Somebody nobody knows yet. */
export function newPerson(fields: Partial<Person> = {}): Person {
  return {
    email: `ada.${randomBytes(5).toString('hex')}@example.com`,
    password: 'nine violet harbours',
    name: 'Ada Lovelace',
    ...fields,
  }
}
