import { createHash } from 'node:crypto'
import type { NewClient } from '#db/clients.ts'
import {
  type Answer,
  answerOf,
  password,
  type TestClient,
  type TestServer,
  type TestUser,
  verifier,
} from './harness.ts'
import type { Visitor } from './visitor.ts'

/** The site that test clients register. */
export const origin = 'https://app.example'

/** As Chromium sends them; no page's script can. */
export const browser = { 'sec-fetch-dest': 'webidentity', accept: 'application/json' }

export const challenge = createHash('sha256').update(verifier).digest('base64url')

/** Somebody who signed in as the browser's dialog lets them, and a site that wants to know. */
export async function fedcmVisit(server: TestServer, fields: Partial<NewClient> = {}) {
  const user = await server.user()
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/fedcm/login'), { email: user.email, password })
  const scopes = ['IDENTITY', 'READ_GRAPH']
  const client = await server.client({ type: 'spa', scopes, ...fields })
  return { user, visitor, client }
}

export interface Wish {
  fields?: Record<string, string>
  params?: object
  headers?: Record<string, string>
}

export async function assertion(
  visitor: Visitor,
  user: TestUser,
  client: TestClient,
  { fields = {}, params: more = {}, headers = {} }: Wish = {},
): Promise<Answer> {
  const body = new URLSearchParams({
    client_id: client.clientId,
    account_id: user.id,
    disclosure_text_shown: 'true',
    params: JSON.stringify(params(client, more)),
    ...fields,
  })
  return ask(visitor, '/fedcm/assertion', { method: 'POST', body, headers: { origin, ...headers } })
}

const params = (client: TestClient, more: object) => ({
  response_type: 'code',
  redirect_uri: client.redirectUris[0],
  scope: 'openid profile email',
  state: 'the-state',
  nonce: 'the-nonce',
  code_challenge: challenge,
  code_challenge_method: 'S256',
  ...more,
})

/** As the browser itself asks. */
export const ask = async (
  visitor: Visitor,
  path: string,
  { headers = {}, ...init }: RequestInit = {},
): Promise<Answer> =>
  answerOf(await visitor.fetch(path, { ...init, headers: { ...browser, ...headers } }))

export const disconnect = (
  visitor: Visitor,
  client: Pick<TestClient, 'clientId'>,
  hint: string,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const body = new URLSearchParams({ client_id: client.clientId, account_hint: hint })
  return ask(visitor, '/fedcm/disconnect', {
    method: 'POST',
    body,
    headers: { origin, ...headers },
  })
}
