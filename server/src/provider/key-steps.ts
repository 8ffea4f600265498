import { recordEvent } from '#db/audit-events.ts'
import type { Db } from '#db/database.ts'
import {
  activateDueKeys,
  eraseDueKeys,
  type MovedKey,
  retireDueKeys,
} from '#db/signing-key-steps.ts'
import type { KeySchedule, SigningKey } from '#db/signing-keys.ts'
import type { Seal } from '../keys.ts'
import { addMissingKeys } from './signing-keys.ts'

interface StepParts {
  db: Db
  seal: Seal
  schedule: KeySchedule
}

/** Does what is due; whether the keys have to be looked at again. */
export async function takeDueSteps(
  { db, seal, schedule }: StepParts,
  keys: SigningKey[],
): Promise<boolean> {
  const added = await addMissingKeys(db, seal, keys)
  const due = new Set(keys.map((key) => key.due).filter((step) => step !== null))
  if (due.has('activate')) {
    await db.transaction(async (tx) => {
      const moved = await activateDueKeys(tx, schedule)
      // The first of all is no event, it comes with the database.
      await noteActivated(
        tx,
        moved.filter(({ algorithm }) =>
          keys.some((key) => key.algorithm === algorithm && key.activeFrom),
        ),
      )
    })
  }
  if (due.has('retire')) {
    await db.transaction(async (tx) => {
      for (const { kid, algorithm } of await retireDueKeys(tx, schedule)) {
        const details = { kid, algorithm }
        await recordEvent(tx, { kind: 'key.retired', actorType: 'system', details })
      }
    })
  }
  if (due.has('erase')) await eraseDueKeys(db, schedule)
  return added || due.size > 0
}

/** Who moved it, when nobody asked: the schedule. */
export async function noteActivated(
  tx: Db,
  keys: MovedKey[],
  caller: Pick<Parameters<typeof recordEvent>[1], 'actorType'> = { actorType: 'system' },
): Promise<void> {
  for (const { kid, algorithm, activeFrom } of keys) {
    const details = { kid, algorithm, active_from: activeFrom.toISOString() }
    await recordEvent(tx, { ...caller, kind: 'key.activated', details })
  }
}
