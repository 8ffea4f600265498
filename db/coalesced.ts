import type { Db } from './database.ts'
import { DatabaseUnavailable, isLocked } from './database-errors.ts'

export interface Coalescing<Question> {
  /** How many statements run at the same time; what comes meanwhile waits for the next one. */
  running: number
  /** How many questions one statement may carry. */
  size: number
  /**
   * Questions that have a key in common never share a statement; they are sent in the order of their
   * first keys.
   */
  keys?: (question: Question) => readonly [string, ...string[]]
}

interface Waiting<Question, Answer> {
  question: Question
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/**
 * Asks what comes in at the same time in one statement: under load most of a small statement's cost
 * is its planning and its way there and back. Nothing is kept: a statement begins only after every
 * question in it was asked, so an answer is never older than its question. Answers come in the
 * order of the questions. Where one question spoils the statement, each is asked alone.
 */
export function coalesced<Question, Answer>(
  ask: (questions: Question[]) => Promise<Answer[]>,
  { running, size, keys }: Coalescing<Question>,
): (question: Question) => Promise<Answer> {
  type Batch = Waiting<Question, Answer>[]
  let waiting: Batch = []
  let active = 0
  let scheduled = false

  // After the events of this turn of the loop, which often has more than one question.
  function schedule(): void {
    if (scheduled || active >= running || waiting.length === 0) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      const batch = keys ? takeDistinct(keys) : takeFirst()
      active += 1
      void settle(batch).finally(() => {
        active -= 1
        schedule()
      })
      schedule()
    })
  }

  function takeFirst(): Batch {
    const batch = waiting.slice(0, size)
    waiting = waiting.slice(size)
    return batch
  }

  // In the order of the keys, so that two nodes with the same rows lock them in the same order.
  function takeDistinct(keysOf: (question: Question) => readonly [string, ...string[]]): Batch {
    const batch = new Map<string, Waiting<Question, Answer>>()
    const taken = new Set<string>()
    const left: Batch = []
    for (const asked of waiting) {
      const names = keysOf(asked.question)
      if (batch.size >= size || names.some((name) => taken.has(name))) left.push(asked)
      else batch.set(names[0], asked)
      // One that has to wait keeps its place before those that come after it.
      for (const name of names) taken.add(name)
    }
    waiting = left
    return [...batch].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, asked]) => asked)
  }

  async function settle(batch: Batch): Promise<void> {
    try {
      const answers = await ask(batch.map(({ question }) => question))
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer)
    } catch (error) {
      const isAway = error instanceof DatabaseUnavailable && !isLocked(error)
      if (isAway || batch.length === 1) for (const { reject } of batch) reject(error)
      else await Promise.all(batch.map((asked) => settle([asked])))
    }
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject })
      schedule()
    })
}

/** The same work for each database, made once: what is asked of one is coalesced with nothing else. */
export function perDatabase<T>(make: (db: Db) => T): (db: Db) => T {
  const made = new WeakMap<Db, T>()
  return (db) => {
    const known = made.get(db)
    if (known) return known
    const fresh = make(db)
    made.set(db, fresh)
    return fresh
  }
}
