import { configOf, hasFedcm } from './fedcm.ts'
import { issuerOf } from './transaction.ts'
import type { SignInOptions } from './types.ts'

interface Disconnecting {
  disconnect?(options: { configURL: string; clientId: string; accountHint: string }): Promise<void>
}

/**
 * Ends what the browser remembers of the person and this site, so that nobody is signed in again
 * unasked; without FedCM there is nothing to end.
 */
export async function disconnect(
  options: Pick<SignInOptions, 'issuer' | 'clientId'>,
  accountHint = '',
): Promise<void> {
  if (!hasFedcm()) return
  await navigator.credentials.preventSilentAccess()
  const { IdentityCredential } = globalThis as unknown as { IdentityCredential: Disconnecting }
  const configURL = configOf(issuerOf(options))
  await IdentityCredential.disconnect?.({ configURL, clientId: options.clientId, accountHint })
    // Nothing was connected: that is what was asked for.
    .catch(() => {})
}
