import { configOf, fedcm } from './fedcm.ts'
import type { SignInOptions } from './types.ts'

/**
 * Ends what the browser remembers of the person and this site, so that nobody is signed in again
 * unasked; without FedCM there is nothing to end.
 */
export async function disconnect(
  { issuer, clientId }: Pick<SignInOptions, 'issuer' | 'clientId'>,
  accountHint = '',
): Promise<void> {
  const credential = fedcm()
  if (!credential) return
  await navigator.credentials.preventSilentAccess()
  await credential
    .disconnect?.({ configURL: configOf(issuer), clientId, accountHint })
    // Nothing was connected: that is what was asked for.
    .catch(() => {})
}
