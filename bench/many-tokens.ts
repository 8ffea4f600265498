import { openDatabase } from '#db/database.ts'
import { measure } from './measure.ts'
import { type Row, rowsOf } from './numbers.ts'
import { introspect, type Operation, operations, rotate, type Step } from './operations.ts'
import type { Options } from './options.ts'
import { accessTokenOf, addLiveTokens, refreshTokenOf } from './rows.ts'
import { startOnPostgres } from './start-product.ts'
import { product, startDurablePostgres } from './start-systems.ts'
import type { System } from './system.ts'
import { verdict } from './targets.ts'

const few = 10_000

/** Rate with many live tokens to that with few. */
const target = 0.9

/** Two databases in one PostgreSQL, each with a server: what many living tokens cost. */
export async function compareTokens(
  options: Options & { tokens: number },
  progress: (line: string) => void,
): Promise<{ operations: Operation[]; rows: Row[]; targets: string[] }> {
  const postgres = await startDurablePostgres()
  const systems: System[] = []
  try {
    const families = new Map<System, number>()
    for (const [name, tokens] of [
      ['few', few],
      ['many', options.tokens],
    ] as const) {
      const system = await startOnPostgres(postgres, name, product(options))
      systems.push(system)
      progress(`${name}: adding ${tokens} living tokens`)
      families.set(system, await fill(system, tokens))
    }
    const chosen = operations
      .filter(({ name }) => options.only.includes(name))
      .map((operation) => overAll(operation, (system) => families.get(system) ?? 0))
    const measured = await measure({ ...options, systems, operations: chosen, progress })
    const rows = rowsOf(measured, 'few')
    return { operations: chosen, rows, targets: targetsOf(chosen, rows, options.tokens) }
  } finally {
    for (const system of systems) await system.stop()
    await postgres.stop()
  }
}

async function fill({ databaseUrl = '', clientRowId = '' }: System, tokens: number) {
  const db = await openDatabase({ databaseUrl, dataDir: '' })
  try {
    const { families } = await addLiveTokens(db, clientRowId, tokens)
    // What filling left to be written would otherwise be written during the measurement.
    await db.query('checkpoint')
    return families
  } finally {
    await db.close()
  }
}

/** The same operation on tokens from anywhere in the tables. */
function overAll(operation: Operation, familiesOf: (system: System) => number): Operation {
  const special: Partial<Record<string, (families: number) => (lane: number) => Step>> = {
    refresh: (families) => rotate(spread(families).map(refreshTokenOf)),
    introspection: (families) => introspect(() => accessTokenOf(anyOf(families))),
  }
  const prepare = special[operation.name]
  if (!prepare) return operation
  return { ...operation, prepare: async (system) => prepare(familiesOf(system)) }
}

/** Numbers of families from the whole table, each once: a token in two chains would be reuse. */
function spread(families: number): number[] {
  const count = Math.min(4096, families)
  return Array.from({ length: count }, (_, index) => 1 + Math.floor((index * families) / count))
}

const anyOf = (families: number) => 1 + Math.floor(Math.random() * families)

const targetsOf = (chosen: Operation[], rows: Row[], tokens: number) =>
  chosen.flatMap(({ name, title }) => {
    const ratio = rows.find((row) => row.operation === name && row.system === 'many')?.ratio
    if (!ratio) return []
    const what = `${title} with ${tokens} tokens, ratio to ${few} at least ${target}`
    return [verdict(what, ratio.median, ratio.median >= target)]
  })
