import { type NewAuditEvent, recordEvent } from '#db/audit-events.ts'
import type { Db } from '#db/database.ts'
import {
  activateReplacement,
  activateWaitingKeys,
  lockSigningKeys,
  revokeSigningKey,
} from '#db/signing-key-steps.ts'
import {
  insertWaitingKey,
  type KeySchedule,
  listSigningKeys,
  type SigningKey,
} from '#db/signing-keys.ts'
import type { Seal } from '../keys.ts'
import type { KeyRing } from './key-ring.ts'
import { noteActivated } from './key-steps.ts'
import { newSigningKey } from './signing-keys.ts'

/** Who asks, in the words of the audit trail. */
type Caller = Pick<NewAuditEvent, 'actorType' | 'actorId' | 'requestId' | 'ip'>

export interface KeyCommands {
  list(): Promise<SigningKey[]>
  /** The next keys sign as soon as every client could have seen them; at once, as a rule. */
  rotate(caller: Caller): Promise<SigningKey[]>
  /** Nothing that the key signed is accepted any more; undefined: there is no such key. */
  revoke(kid: string, caller: Caller): Promise<SigningKey | undefined>
}

interface Parts {
  db: Db
  seal: Seal
  schedule: KeySchedule
  ring: KeyRing
}

/** What an administrator can do to the signing keys. */
export function keyCommands(parts: Parts): KeyCommands {
  const { db, schedule, ring } = parts
  const list = () => listSigningKeys(db, schedule)
  return {
    list,

    async rotate(caller) {
      await db.transaction(async (tx) =>
        noteActivated(tx, await activateWaitingKeys(tx, schedule), caller),
      )
      await ring.refresh()
      return list()
    },

    async revoke(kid, caller) {
      await db.transaction((tx) => revoke({ ...parts, db: tx }, kid, caller))
      await ring.refresh()
      return (await list()).find((key) => key.kid === kid)
    },
  }
}

async function revoke({ db, seal, schedule }: Parts, kid: string, caller: Caller): Promise<void> {
  await lockSigningKeys(db, kid)
  const key = (await listSigningKeys(db, schedule)).find((key) => key.kid === kid)
  if (!key || key.state === 'revoked') return
  const { algorithm } = key
  await revokeSigningKey(db, kid)
  const details = { kid, algorithm, was: key.state }
  await recordEvent(db, { ...caller, kind: 'key.revoked', details })
  if (key.state !== 'signing') return
  // As a rule there is one; then this one is not taken.
  await insertWaitingKey(db, await newSigningKey(algorithm, seal))
  await noteActivated(db, await activateReplacement(db, algorithm), caller)
}
