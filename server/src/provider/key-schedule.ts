import type { KeySchedule } from '#db/signing-keys.ts'
import { lifetimes } from './lifetimes.ts'

/** Seconds for which anybody may hold the JWKS without asking again (answers.ts). */
export const keySetMaxAge = 300

/** Milliseconds after which a node has seen what another one did to the keys. */
export const keyRefreshInterval = 500

const minute = 60
const day = 24 * 60 * minute

/** How signing keys come and go; every time is the database's. */
export const keySchedule: KeySchedule = {
  period: 90 * day,
  // Twice what a cache may be old, which leaves a node minutes to see the new key itself.
  lead: 2 * keySetMaxAge,
  // Another node may sign with it until it has seen the next one; clients allow for skewed clocks.
  keep: lifetimes.idToken + 2 * minute,
  // An app hands in the ID token of the sign-in when the person leaves (RP-Initiated Logout 2).
  hints: lifetimes.sessionAbsolute,
}
