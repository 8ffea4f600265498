import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApiKey } from '#db/api-keys.ts'
import { newApiKey } from '../src/api-keys/format.ts'
import type { Schema } from '../src/gateway/documents.ts'
import type { Operation } from '../src/gateway/operations.ts'
import type { TestServer, TestUser } from './harness.ts'
import { noteSecrets } from './suite-log/suite-log.ts'

/** A key of this person, straight in the database. */
export async function apiKeyFor(
  { db }: Pick<TestServer, 'db'>,
  user: TestUser,
  scopes: string[],
  { expiresAt = new Date(Date.now() + 86_400_000), allowedAddresses = [] as string[] } = {},
): Promise<{ id: string; key: string }> {
  const key = newApiKey()
  noteSecrets(key)
  const keyHash = createHash('sha256').update(key).digest()
  const row = await createApiKey(
    db,
    {
      accountId: user.id,
      name: randomUUID(),
      keyHash,
      hint: key.slice(-4),
      scopes,
      allowedAddresses,
      expiresAt,
    },
    { most: 1_000_000 },
  )
  if (!row) throw new Error('the key was not stored')
  return { id: row.id, key }
}

interface Request {
  path: string
  init: RequestInit
}

/** A request that fits the operation, from the document's own examples. */
export function requestFor({ version, method, path, described }: Operation): Request {
  const query = new URLSearchParams()
  let filled = path
  for (const parameter of described.parameters ?? []) {
    const value = String(exampleOf(parameter.schema) ?? '')
    if (parameter.in === 'path') {
      filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(value))
    }
    if (parameter.in === 'query' && parameter.required) query.set(parameter.name, value)
  }
  const search = query.size > 0 ? `?${query}` : ''
  return {
    path: `/external-api/${version}${filled}${search}`,
    init: { method: method.toUpperCase(), ...bodyOf(described) },
  }
}

function bodyOf({ requestBody }: Operation['described']): RequestInit {
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (!type) return {}
  if (type === 'application/json') {
    return { body: JSON.stringify(media?.example), headers: { 'content-type': type } }
  }
  const form = new FormData()
  form.set('file', new File(['hello'], 'hello.txt', { type: 'text/plain' }))
  return { body: form }
}

const exampleOf = ({ examples, enum: values, default: usual, type }: Schema): unknown =>
  (examples as unknown[])?.[0] ??
  usual ??
  (values as unknown[])?.[0] ??
  (type === 'integer' ? 1 : 'x')

/** The words of an error, wherever its version keeps them. */
export const wordsOf = (version: string, body: { detail?: string; error?: { message: string } }) =>
  version === 'v1' ? body.detail : body.error?.message

/** Windows begin with the clock's minutes: what is counted must lie within one. */
export async function awayFromMinuteEnd(seconds = 10): Promise<void> {
  const left = 60 - ((Date.now() / 1000) % 60)
  if (left < seconds) await sleep(left * 1000 + 50)
}
