import { availableParallelism } from 'node:os'
import { hash, type Options, parseOptions, verify } from '@node-rs/argon2'
import { boundedQueue, type QueueLimits } from './bounded-queue.ts'
import { isCommon, isMadeOfContext, type PasswordContext } from './common-passwords.ts'

export type PasswordWeakness = 'too_short' | 'too_long' | 'common' | 'context'

export interface Passwords {
  /** What is wrong with a new password, if anything. */
  weakness(password: string, context?: PasswordContext): PasswordWeakness | undefined
  /** argon2id as a PHC string. */
  hash(password: string): Promise<string>
  /** One argon2 computation whatever it is asked; without a hash the answer is no (A104). */
  verify(storedHash: string | null | undefined, password: string): Promise<boolean>
  /** True for a hash made with other parameters than today's. */
  needsRehash(storedHash: string): boolean
}

const MIN_PASSWORD_LENGTH = 8
const MAX_PASSWORD_LENGTH = 256

type Cost = Required<Pick<Options, 'memoryCost' | 'timeCost' | 'parallelism'>>

// OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
const owasp: Cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// argon2 runs on libuv's four threads; one of them stays free for files and names.
const limits: QueueLimits = {
  running: Math.min(availableParallelism(), 3),
  waiting: 50,
  patience: 2_000,
}

/** Hashes and checks passwords; lower costs are for tests and can be given here only. */
export function passwordHashing({
  cost = owasp,
  queue = limits,
  onBusy,
}: {
  cost?: Cost
  queue?: QueueLimits
  /** Called for each one who is refused because too many wait. */
  onBusy?: () => void
} = {}): Passwords {
  const run = boundedQueue({ ...queue, onBusy })
  // Same cost as a real one, so that an unknown account takes the same time.
  const dummy = hash('nobody has this password', cost)

  return {
    weakness,
    hash: (password) => run(() => hash(bytes(password), cost)),
    async verify(storedHash, password) {
      const usable = storedHash && codePoints(password) <= MAX_PASSWORD_LENGTH
      const against = usable ? storedHash : await dummy
      return (await run(() => verify(against, bytes(password)))) && Boolean(usable)
    },
    needsRehash(storedHash) {
      const { memoryCost, timeCost, parallelism } = parseOptions(storedHash)
      return (
        memoryCost !== cost.memoryCost ||
        timeCost !== cost.timeCost ||
        parallelism !== cost.parallelism
      )
    },
  }
}

function weakness(password: string, context: PasswordContext = {}): PasswordWeakness | undefined {
  const normal = password.normalize('NFKC')
  if (codePoints(password) < MIN_PASSWORD_LENGTH) return 'too_short'
  if (codePoints(password) > MAX_PASSWORD_LENGTH) return 'too_long'
  if (isCommon(normal)) return 'common'
  return isMadeOfContext(normal, context) ? 'context' : undefined
}

// NFKC first (RFC 8265 asks for NFC, NIST for NFKC or NFKD): a phone and a desktop that compose
// accents differently type one password. Bytes, since a NUL may not end it.
const bytes = (password: string) => Buffer.from(password.normalize('NFKC'))
const codePoints = (password: string) => [...password.normalize('NFKC')].length
