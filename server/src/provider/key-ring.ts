import type { Db } from '#db/database.ts'
import { type KeySchedule, listSigningKeys } from '#db/signing-keys.ts'
import type { Seal } from '../keys.ts'
import { takeDueSteps } from './key-steps.ts'
import type { KeySet } from './replace-keys.ts'
import { openKeys, resealKeys } from './signing-keys.ts'

export interface KeyRing {
  current(): KeySet
  /** Sees what other nodes did, and does what the schedule wants. */
  refresh(): Promise<void>
  onChange(listener: (keys: KeySet) => void): void
  /** By algorithm, for those who watch that keys are replaced. */
  signingSince(): Record<string, Date>
}

export interface KeyRingParts {
  db: Db
  seal: Seal
  schedule: KeySchedule
  log: { error(fields: object, message: string): void }
}

/**
 * The signing keys as this node knows them. They are the database's, which also decides by its own
 * clock what is due: every node asks it often, and any of them takes the step (decision 0017).
 */
export async function createKeyRing({ db, seal, schedule, log }: KeyRingParts): Promise<KeyRing> {
  const listeners: ((keys: KeySet) => void)[] = []
  let seen = ''
  let current: KeySet = { published: [], usable: [] }
  let signingSince: Record<string, Date> = {}

  const load = async () => {
    const keys = await upToDate()
    signingSince = Object.fromEntries(
      keys.flatMap(({ state, algorithm, activeFrom }) =>
        state === 'signing' && activeFrom ? [[algorithm, activeFrom]] : [],
      ),
    )
    const states = JSON.stringify(keys.map(({ kid, state }) => [kid, state]))
    if (states === seen) return []
    const { unreadable, ...set } = await openKeys(db, seal, keys)
    seen = states
    current = set
    for (const listener of listeners) listener(set)
    return unreadable
  }
  const list = () => listSigningKeys(db, schedule, { which: 'usable' })
  const upToDate = async () => {
    let keys = await list()
    // First start: keys to sign with, which then leave their place to those that wait.
    for (let turn = 0; turn < 4 && (await takeDueSteps({ db, seal, schedule }, keys)); turn++) {
      keys = await list()
    }
    return keys
  }

  // At the start a key that cannot be read is a reason to stop; later the others go on.
  for (const { error } of await load()) throw error
  await resealKeys(db, seal, await list())
  let last: Promise<unknown> = Promise.resolve()
  return {
    current: () => current,
    signingSince: () => signingSince,
    onChange: (listener) => void listeners.push(listener),
    async refresh() {
      // One after the other, or an older answer could undo a newer one.
      const turn = last.then(load, load)
      last = turn
      for (const { kid, error } of await turn) {
        log.error({ err: error, kid }, 'a signing key cannot be read')
      }
    },
  }
}
