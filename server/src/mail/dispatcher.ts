import { setTimeout as sleep } from 'node:timers/promises'
import { recordEvent } from '#db/audit-events.ts'
import type { Database } from '#db/database.ts'
import {
  deleteOutgoingMail,
  type OutgoingMail,
  postponeOutgoingMail,
  takeOutgoingMails,
} from '#db/outgoing-mails.ts'
import type { Delivery } from './delivery.ts'

/** For those who count: what became of a mail of which kind. */
export type OnMail = (kind: string, outcome: 'sent' | 'retried' | 'failed' | 'dropped') => void

export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** In seconds. */
export interface Pace {
  /** Between one try and the next; the last one again and again until the mail has expired. */
  pauses: number[]
  /** How long a mail is left to the server that took it. */
  lease: number
  /** How often somebody looks for what others left behind. */
  round: number
}

const standardPace: Pace = { pauses: [1, 5, 15, 60, 300, 900], lease: 120, round: 30 }

export interface Dispatcher {
  /** Looks for mail that is due, that many seconds from now. */
  wake(seconds: number): void
  start(): void
  /** Resolves when nothing is being sent or about to be. */
  idle(): Promise<void>
  close(): Promise<void>
}

interface DispatcherParts {
  db: Database
  open(sealed: string): Promise<string>
  delivery: Delivery
  log: Log
  onMail: OnMail
  pace: Pace | undefined
}

const mostAtOnce = 20

/** The database says what is due: a look a millisecond early would find nothing until the next round. */
const aMoment = 0.05

/** Sends what waits in the database: at least once, by whichever server comes first. */
export function dispatcher({ pace = standardPace, ...parts }: DispatcherParts): Dispatcher {
  const { db, delivery, log } = parts
  const timers = new Set<NodeJS.Timeout>()
  const sending = new Set<Promise<void>>()
  let closed = false
  let looking = Promise.resolve()
  let lookers = 0

  async function look(): Promise<void> {
    const most = mostAtOnce - sending.size
    if (most <= 0 || closed) return
    const mails = await takeOutgoingMails(db, { most, lease: pace.lease })
    for (const mail of mails) {
      const job = handle(mail, parts, pace)
        .then((seconds) => {
          if (seconds !== undefined) wake(seconds + aMoment)
        })
        .catch((err) => log.error({ err, kind: mail.kind }, 'mail is tried again later'))
        .finally(() => {
          sending.delete(job)
          // Somebody may have found no room.
          if (sending.size === mostAtOnce - 1) wake(0)
        })
      sending.add(job)
    }
  }

  function wake(seconds: number): void {
    if (closed) return
    lookers += 1
    const timer = setTimeout(() => {
      timers.delete(timer)
      // One after the other, so that no more are taken than there is room for.
      looking = looking
        .then(look)
        .catch((err) => log.warn({ err }, 'waiting mail could not be looked for'))
        .finally(() => {
          lookers -= 1
        })
    }, seconds * 1000)
    timers.add(timer.unref())
  }

  return {
    wake,
    start() {
      wake(0)
      timers.add(setInterval(() => wake(0), pace.round * 1000).unref())
    },
    async idle() {
      while (lookers > 0 || sending.size > 0) await sleep(5)
    },
    async close() {
      closed = true
      for (const timer of timers) clearTimeout(timer)
      // What waits stays in the database; who is in the middle of sending finishes.
      const ended = Promise.all([looking, ...sending])
      await Promise.race([ended, sleep(5_000, undefined, { ref: false })])
      delivery.close()
    },
  }
}

/** The seconds after which to look for it again, if it has not left. */
async function handle(
  mail: OutgoingMail,
  { db, open, delivery, log, onMail }: Omit<DispatcherParts, 'pace'>,
  { pauses }: Pace,
): Promise<number | undefined> {
  const { id, kind, attempts } = mail
  try {
    if (mail.expired) throw new Expired()
    const { message, name } = JSON.parse(await open(mail.sealed))
    await delivery.deliver(message, name)
  } catch (error) {
    // The error's text may repeat the address or the mail: its code is enough.
    const code = String((error as { code?: unknown }).code ?? 'unknown')
    if (isFinal(error)) {
      await giveUp(db, mail, code)
      onMail(kind, 'failed')
      log.error({ kind, code, attempts }, 'mail given up')
      return undefined
    }
    const pause = pauses[attempts - 1] ?? pauses.at(-1) ?? 0
    await postponeOutgoingMail(db, id, pause)
    onMail(kind, 'retried')
    log.warn({ kind, code }, 'mail could not be sent yet')
    return pause
  }
  await deleteOutgoingMail(db, id)
  onMail(kind, 'sent')
  log.info({ kind }, 'mail sent')
  return undefined
}

class Expired extends Error {
  readonly code = 'expired'
}

/** RFC 5321 4.2.1: a 5yz for this address or text is the same tomorrow; one at sign-in is ours to mend. */
function isFinal(error: unknown): boolean {
  const { code, responseCode = 0 } = error as { code?: string; responseCode?: number }
  if (error instanceof Expired) return true
  return responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE')
}

/** What no administrator reads in the log stands in the audit trail. */
function giveUp(db: Database, { id, kind, attempts }: OutgoingMail, code: string): Promise<void> {
  return db.transaction(async (tx) => {
    await deleteOutgoingMail(tx, id)
    const details = { mail: kind, code, attempts }
    await recordEvent(tx, { kind: 'mail.given_up', actorType: 'system', details })
  })
}
