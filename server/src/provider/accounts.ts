import type { FindAccount } from 'oidc-provider'
import { type Account, findActiveAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import type { Person } from '#db/person.ts'
import { personRead } from './store/token-request.ts'

/** What an app may learn of a person; which of it, its scopes decide. */
interface PersonClaims {
  sub: string
  email?: string
  email_verified?: boolean
  name: string
  zoneinfo: string
}

function claimsOf(person: Person): PersonClaims {
  return {
    sub: person.id,
    ...(person.email ? { email: person.email, email_verified: true } : {}),
    name: person.name,
    zoneinfo: person.timezone,
  }
}

/** No app receives an address that is not verified (contract, section 1). */
const personOf = ({ id, name, timezone, email, emailVerifiedAt }: Account): Person => ({
  id,
  name,
  timezone,
  email: emailVerifiedAt ? email : null,
})

/** A disabled account is not found, so its sessions and tokens end (ASVS 7.4.2). */
export function accountFinder(db: Db): FindAccount {
  return async (ctx, id) => {
    const person = personRead(ctx, id) ?? (await stored(db, id))
    return person && { accountId: person.id, claims: async () => ({ ...claimsOf(person) }) }
  }
}

async function stored(db: Db, id: string): Promise<Person | undefined> {
  const account = await findActiveAccount(db, id)
  return account && personOf(account)
}
