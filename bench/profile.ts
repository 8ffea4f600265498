import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '#db/database.ts'
import { spotsTable } from './gateway/profile.ts'
import { hotSpots } from './hot-spots.ts'
import { Inspector } from './inspector.ts'
import type { Operation } from './operations.ts'
import { type Round, runRound } from './round.ts'
import { countStatements, type StatementCost, statementCosts } from './statement-costs.ts'
import type { System } from './system.ts'
import { aligned } from './table.ts'

export interface ProfileOptions {
  system: System
  operations: Operation[]
  seconds: number
  /** Where the profiles go, for a browser's developer tools. */
  folder: string
  say(line: string): void
}

const shown = 25

/** What each operation costs and where: functions of the server, statements of the database. */
export async function profile(options: ProfileOptions): Promise<void> {
  const { system, operations, seconds, folder, say } = options
  if (!system.inspector) throw new Error('the server was started without its inspector')
  const inspector = await Inspector.connect(system.inspector)
  const db =
    system.databaseUrl && (await openDatabase({ databaseUrl: system.databaseUrl, dataDir: '' }))
  mkdirSync(folder, { recursive: true })
  for (const operation of operations) {
    const load = { stepOf: await operation.prepare(system), lanes: operation.connections }
    const codes = operation.takesCodes ? Math.ceil((seconds + 1) * 6000) : 0
    await system.supply.refill(codes)
    await runRound(system, load, 1)
    if (db) await countStatements(db)
    await inspector.start()
    const round = await runRound(system, load, seconds)
    const taken = await inspector.stop()
    const file = `${system.name}-${operation.name}.cpuprofile`
    writeFileSync(join(folder, file), JSON.stringify(taken))
    say(`\n## ${operation.title}\n\n${costLine(round)}\n`)
    // The rehearsal before the round is in the profile too, so this is a little too much.
    const { functions, packages, ours } = hotSpots(taken, round.operations)
    say(spotsTable('package', packages.slice(0, 12)))
    say(`\n${spotsTable('function', functions.slice(0, shown))}`)
    say(`\n${spotsTable('our function, with what it calls', ours.slice(0, shown))}`)
    if (db) say(`\n${statementsTable(await statementCosts(db, round.operations))}`)
  }
  inspector.close()
  if (db) await db.close()
}

function costLine({ operations, seconds, serverCpu, databaseCpu = 0, failures }: Round): string {
  const each = (ms: number) => Math.round((ms * 1000) / operations)
  return [
    `${Math.round(operations / seconds)} a second`,
    `${each(serverCpu)} µs of the server's CPU with the profiler on`,
    `${each(databaseCpu)} µs of the database's`,
    `${failures} failed`,
  ].join(', ')
}

const statementsTable = (costs: StatementCost[]) =>
  aligned([
    ['calls', 'plan µs', 'run µs', 'statement'],
    ...costs.map(({ text, calls, planMicroseconds, runMicroseconds }) => [
      calls.toFixed(2),
      planMicroseconds.toFixed(0),
      runMicroseconds.toFixed(0),
      text.slice(0, 100),
    ]),
  ])
