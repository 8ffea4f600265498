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
  /** CPU time of the database's own processes in ms; undefined where it lives in the server. */
  databaseCpu(): number | undefined
  /** Round trips to the database so far; undefined where nobody counts them. */
  statements(): Promise<number | undefined>
  stop(): Promise<void>
}

export const systemNames = ['memory', 'pglite', 'postgres', 'other'] as const
export type SystemName = (typeof systemNames)[number]

export const systemTitles: Record<SystemName, string> = {
  memory: 'oidc-provider, in memory',
  pglite: 'PGlite',
  postgres: 'PostgreSQL',
  other: 'the other checkout',
}
