// npm run restored: after an older backup was restored, what it brought back may not be worth anything.
import { parseArgs } from 'node:util'
import { recordEvent } from '#db/audit-events.ts'
import { type Database, openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { beginEpoch, connectedServers, lastEventAt } from '#db/restored.ts'
import { ConfigError, readConfig } from './config.ts'

const usage = `Usage: npm run --silent restored -- [--forget-consents] [--yes]

After a backup was restored: ends every session, token, code and mail link in the database, since
nobody knows which of them were revoked or used after the backup. Everybody signs in again.

  --forget-consents  also what people allowed apps: everybody is asked again
  --yes              do it; without, only say what would be done
`

/** How long it waits for requests under way; then it says so and has done nothing. */
const patienceSeconds = 30

try {
  await main()
} catch (error) {
  const lines = error instanceof ConfigError ? error.problems : [String((error as Error).message)]
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      'forget-consents': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (flags.help) return say(usage)
  const config = readConfig()
  const db = await openDatabase(config)
  try {
    if (config.migrate !== 'off') await migrate(db)
    await restored(db, { consents: flags['forget-consents'], yes: flags.yes })
  } finally {
    await db.close()
  }
}

async function restored(db: Database, { consents, yes }: { consents: boolean; yes: boolean }) {
  const last = await lastEventAt(db)
  say(`The newest entry of the audit trail here is of ${last?.toISOString() ?? 'never'}.\n`)
  const what = `every session, token, code and mail link${consents ? ', and every consent' : ''}`
  if (!yes) return say(`Would end ${what}. Say --yes to do it.\n`)
  await db.transaction(
    async (tx) => {
      await tx.query(`set local lock_timeout = '${patienceSeconds}s'`)
      await beginEpoch(tx, { consents })
      const details = { newestEventBefore: last?.toISOString(), consentsForgotten: consents }
      await recordEvent(tx, { kind: 'database.restored', actorType: 'system', details })
    },
    { timeoutSeconds: 2 * patienceSeconds },
  )
  say(`Ended ${what}.\nWhat else was changed after that time is to be done again by hand.\n`)
  if ((await connectedServers(db)) === 0) return
  say('Servers are connected. What they were answering just now may have outlived this:\n')
  say('stop them and run this once more.\n')
}

function say(text: string): void {
  process.stdout.write(text)
}
