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
  const code = codeOf(error)
  if (invalidValues.has(code)) return new InvalidText(error)
  return isOutage(error, code) ? new DatabaseUnavailable(error) : error
}

/** What PostgreSQL itself said about an error; empty where it said nothing. */
export function sqlStateOf(error: unknown): string {
  const code = codeOf(causeOf(error))
  return isSqlState(code) ? code : ''
}

/** Another held a row for too long: nothing is wrong with the database, nor with other rows. */
export const isLocked = (error: unknown): boolean => sqlStateOf(error) === '55P03'

/** Somebody else has what may be there once: unique_violation. */
export const isDuplicate = (error: unknown): boolean => sqlStateOf(error) === '23505'

/** The connection broke, so nobody knows what became of its statement. */
export function isConnectionLost(error: unknown): boolean {
  const cause = causeOf(error)
  if (/^(08...|57P0[12]|ECONN.*|EPIPE|ETIMEDOUT)$/.test(codeOf(cause))) return true
  return cause instanceof Error && lostMessages.test(cause.message)
}

const lostMessages = /^(Connection terminated|Client has encountered a connection error)/

/**
 * Whether the connection can be used after this error of a statement. Also one that only reads is
 * given up: after a failover the address leads to a server that writes.
 */
export function isConnectionSound(error: unknown): boolean {
  return !isConnectionLost(error) && !/^(57P..|25P03|25006|58...|XX...)$/.test(sqlStateOf(error))
}

/** Whether this refusal of a connection comes from a server that works, only not for us. */
export function isServerUp(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state !== '' && !/^57P0[23]$/.test(state)
}

const causeOf = (error: unknown) => (error instanceof DatabaseUnavailable ? error.cause : error)

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

const isSqlState = (code: string) => /^(?!E)[0-9A-Z]{5}$/.test(code)

function isOutage(error: Error, code: string): boolean {
  if (isSqlState(code) && unavailableClasses.has(code.slice(0, 2))) return true
  if (unavailableStates.has(code) || networkCodes.test(code)) return true
  // The WebAssembly of PGlite aborted: every later call fails until a restart.
  if (error instanceof WebAssembly.RuntimeError) return true
  return unavailableMessages.test(error.message)
}
