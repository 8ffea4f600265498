import type { Logger } from 'pino'
import type { Db } from '#db/database.ts'
import { deleteExpiredChallenges } from '#db/email-challenges.ts'

const everyTenMinutes = 10 * 60 * 1000

/** Sign-ups that nobody finished hold names and password hashes: they leave soon after they end. */
export function sweepExpired(db: Db, log: Logger): void {
  const sweep = () =>
    deleteExpiredChallenges(db).catch((err) => log.warn({ err }, 'expired links were not removed'))
  setInterval(sweep, everyTenMinutes).unref()
  void sweep()
}
