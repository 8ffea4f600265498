import type { Credential, Person } from './credential.ts'
import type { Version } from './documents.ts'
import { ApiError } from './errors.ts'

/** "Who am I?": the first call of every app (contract, sections 5 and 7). */
export function meAnswer(version: Version, { person, scopes, kind }: Credential): object {
  if (!person) {
    throw new ApiError(403, 'This credential acts for no user.', { code: 'insufficient_scope' })
  }
  return version === 'v1' ? v1(person) : v2(person, scopes, kind)
}

const v1 = (person: Person) => ({
  id: person.id,
  name: person.name || null,
  email: person.email,
  timezone: person.timezone || 'not-set',
})

const v2 = (person: Person, scopes: string[], kind: Credential['kind']) => ({
  user_id: person.id,
  email: person.email,
  name: person.name || null,
  timezone: person.timezone,
  // Until there are shared ones, everybody has the one of their own.
  organization: { id: person.id, name: person.name || 'Personal', is_personal: true },
  team: null,
  scopes,
  credential_type: kind,
})
