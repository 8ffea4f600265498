import { fail, failAs } from './errors.ts'
import type { Transaction } from './transaction.ts'
import type { SignInContext } from './types.ts'

export const hasFedcm = (): boolean => 'IdentityCredential' in globalThis

export const configOf = (issuer: string): string => `${issuer}/fedcm/config.json`

/** The answer by way of the browser's own dialog (W3C Federated Credential Management). */
export async function byFedcm(
  { issuer, asked }: Transaction,
  { signal, passive }: SignInContext,
): Promise<URLSearchParams> {
  if (!hasFedcm()) fail('unsupported', 'this browser has no FedCM')
  const provider = {
    configURL: configOf(issuer),
    clientId: asked.client_id,
    // The browser itself may disclose no more than these; what the platform's scopes open, whose names
    // are in capitals, is asked on the server's own page.
    fields: /[A-Z]/.test(asked.scope.replace('IDENTITY', '')) ? [] : ['name', 'email', 'picture'],
    params: asked,
    loginHint: (asked as Record<string, string>).login_hint,
  }
  const request = {
    signal,
    mediation: passive ? 'optional' : 'required',
    identity: { mode: passive ? 'passive' : 'active', providers: [provider] },
  }
  try {
    const { token } = (await navigator.credentials.get(request as CredentialRequestOptions)) as {
      token?: string | Record<string, string>
    } & Credential
    return new URLSearchParams(typeof token === 'string' ? JSON.parse(token) : token)
  } catch (cause) {
    const { name, error, message } = cause as Error & { error?: string }
    if (error) failAs({ error })
    fail(name === 'NetworkError' ? 'network' : 'unsupported', message, cause)
  }
}
