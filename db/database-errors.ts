/** The database cannot answer now; nothing is wrong with the request, which may be sent again. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'

  constructor(cause: unknown) {
    super(`The database cannot answer: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  }
}

/** A value that no column can hold, such as text with a NUL byte or a malformed UUID. */
export class InvalidText extends Error {
  override name = 'InvalidText'

  constructor(cause: unknown) {
    super('The database cannot hold this value', { cause })
  }
}

// SQLSTATE classes: connection, authorization, catalog name (the database was dropped),
// transaction rollback, insufficient resources (disk full, too many connections), operator
// intervention, system error.
const unavailableClasses = new Set(['08', '28', '3D', '40', '53', '57', '58'])
const unavailableStates = new Set([
  '25006', // read-only transaction: a replica after a failover
  '25P03', // idle in transaction for too long
  '55P03', // lock not available within lock_timeout
])
const networkCodes =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|EADDRNOTAVAIL|EMFILE|ENFILE)/

// What pg, pg-pool and PGlite throw without any code.
const unavailableMessages =
  /^(timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client (was closed|has encountered a connection error)|Cannot use a pool after|PGlite is clos)/

const invalidValues = new Set(['22021', '22P05', '22P02', '22003', '22007', '22008'])

/** Gives a driver's error the name by which the web layer answers 503 or 400. */
export function namedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (invalidValues.has(code)) return new InvalidText(error)
  return isOutage(error, code) ? new DatabaseUnavailable(error) : error
}

function isOutage(error: Error, code: string): boolean {
  if (/^[0-9A-Z]{5}$/.test(code) && unavailableClasses.has(code.slice(0, 2))) return true
  if (unavailableStates.has(code) || networkCodes.test(code)) return true
  // The WebAssembly of PGlite aborted: every later call fails until a restart.
  if (error instanceof WebAssembly.RuntimeError) return true
  return unavailableMessages.test(error.message)
}
