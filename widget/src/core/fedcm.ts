import { fail, failAs } from './errors.ts'
import type { Answer, Transaction } from './transaction.ts'
import type { SignInContext } from './types.ts'

interface IdentityCredential {
  disconnect?(options: { configURL: string; clientId: string; accountHint: string }): Promise<void>
}

/** What the browser has of FedCM, if it has. */
export const fedcm = (): IdentityCredential | undefined =>
  (globalThis as { IdentityCredential?: IdentityCredential }).IdentityCredential

export const configOf = (issuer: string): string => new URL('/fedcm/config.json', issuer).href

/** The answer by way of the browser's own dialog (W3C Federated Credential Management). */
export async function byFedcm(
  { issuer, asked }: Transaction,
  { signal, passive }: SignInContext,
): Promise<Answer> {
  if (!fedcm()) fail('unsupported', 'no FedCM here')
  const provider = {
    configURL: configOf(issuer),
    clientId: asked.client_id,
    // The browser itself may disclose no more than these; what the platform's scopes open, whose names
    // are in capitals, is asked on the server's own page.
    fields: /\b(?!IDENTITY\b)[A-Z]/.test(asked.scope) ? [] : ['name', 'email', 'picture'],
    params: asked,
    loginHint: (asked as Record<string, string>).login_hint,
  }
  const request = {
    signal,
    mediation: passive ? 'optional' : 'required',
    identity: { mode: passive ? 'passive' : 'active', providers: [provider] },
  }
  try {
    const { token } = (await navigator.credentials.get(
      request as CredentialRequestOptions,
    )) as Credential & { token: string | Answer }
    return Object(typeof token === 'string' ? JSON.parse(token) : token)
  } catch (caught) {
    const { name, error, message } = Object(caught) as Error & { error?: string }
    if (error) failAs({ error })
    fail(name === 'NetworkError' ? 'network' : 'unsupported', message)
  }
}
