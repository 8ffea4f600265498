export interface Result<Row> {
  rows: Row[]
  rowCount: number
}

export interface Db {
  /** One statement; several, separated by semicolons, only without values. */
  query<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Result<Row>>
  /**
   * Runs work in one transaction (nested: a savepoint) on the Db that work is given. After a deadlock
   * the whole of it runs again: what cannot be taken back, such as mail, comes after it.
   */
  transaction<T>(
    work: (tx: Db) => Promise<T>,
    options?: { timeoutSeconds?: number | undefined },
  ): Promise<T>
}

export interface DatabaseStats {
  /** Round trips since the database was opened; begin and commit are one each. */
  statements: number
  connections: number
  idle: number
  /** Requests that wait for a connection. */
  waiting: number
}

export interface Database extends Db {
  readonly engine: 'postgres' | 'pglite'
  stats(): DatabaseStats
  close(): Promise<void>
}

export interface DatabaseOptions {
  databaseUrl?: string | undefined
  dataDir: string
  onNotice?: ((line: string) => void) | undefined
}

/** PostgreSQL at databaseUrl, or without one the embedded PGlite in dataDir, under its lock. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { databaseUrl, dataDir, onNotice = () => {} } = options
  if (databaseUrl) {
    const { openPostgres } = await import('./postgres.ts')
    return openPostgres({ databaseUrl, onNotice })
  }
  // Imported late, so that nobody with a PostgreSQL pays for 300 MB of WebAssembly.
  const { openEmbedded } = await import('./embedded.ts')
  return openEmbedded({ dataDir, onNotice })
}
