import type { FindAccount } from 'oidc-provider'
import { type Account, findActiveAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'

/** What an app may learn of a person; which of it, its scopes decide. */
interface PersonClaims {
  sub: string
  email?: string
  email_verified?: boolean
  name: string
  zoneinfo: string
}

/** No app receives an address that is not verified (contract, section 1). */
function claimsOf(account: Account): PersonClaims {
  const verified = account.emailVerifiedAt !== null
  return {
    sub: account.id,
    ...(verified ? { email: account.email, email_verified: true } : {}),
    name: account.name,
    zoneinfo: account.timezone,
  }
}

/** A disabled account is not found, so its sessions and tokens end (ASVS 7.4.2). */
export function accountFinder(db: Db): FindAccount {
  return async (_ctx, id) => {
    const account = await findActiveAccount(db, id)
    return account && { accountId: account.id, claims: async () => ({ ...claimsOf(account) }) }
  }
}
