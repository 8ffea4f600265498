import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { createLink } from './challenges.ts'

const hour = 60 * 60
const day = 24 * hour

/** One-time links that are handed over by whoever runs the server or administers it. */
export function setUpLinks({ issuer }: { issuer: string }) {
  return {
    /** Where the first administrator signs up. */
    firstAdmin: (db: Db): Promise<string> =>
      createLink(db, issuer, { purpose: 'first_admin', path: 'setup', lifetime: day }),

    /** Where somebody whose account an administrator made chooses a password. */
    choosePassword: (db: Db, account: Account): Promise<string> =>
      createLink(db, issuer, {
        purpose: 'set_password',
        path: 'reset',
        lifetime: 3 * day,
        account,
      }),
  }
}
