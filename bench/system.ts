import type { Supply } from './supply.ts'

/** A server under test, whichever. */
export interface System {
  name: SystemName
  origin: string
  pid: number
  /** Where its profiler can be reached, if that was asked for. */
  inspector: string | undefined
  /** MB of a server that has started and done nothing. */
  idleMemory: number
  supply: Supply
  databaseUrl?: string
  clientRowId?: string
  /** CPU time of the database's own processes in ms; undefined where it lives in the server. */
  databaseCpu(): number | undefined
  /** Round trips to the database so far; undefined where nobody counts them. */
  statements(): Promise<number | undefined>
  stop(): Promise<void>
}

/** Those that a person can choose. */
export const systemNames = ['memory', 'pglite', 'postgres'] as const
export type SystemName = (typeof systemNames)[number] | 'other' | 'few' | 'many'

export const systemTitles: Record<SystemName, string> = {
  memory: 'oidc-provider, in memory',
  pglite: 'PGlite',
  postgres: 'PostgreSQL',
  other: 'the other checkout',
  few: 'few living tokens',
  many: 'many living tokens',
}
