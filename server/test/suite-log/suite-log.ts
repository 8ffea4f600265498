import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { createLog, loggedError } from '../../src/observability/log.ts'
import { type Exchange, isWorthFinding, secretsOf } from './secrets-of.ts'

/**
 * `npm test` names a folder in which each process leaves what its servers logged, and beside it the
 * secrets it used; scripts/suite-log.ts looks for the one in the other when all is over.
 */
const folder = process.env.TEST_LOG_FOLDER
const file = (suffix: string) => join(folder ?? '', `${process.pid}.${suffix}`)
const used = new Set<string>()

/**
 * The log of a server in this process; not scrubbed, so that what was handed over shows. Processes of
 * their own log as they do in earnest.
 */
export function serverLog(): Logger {
  if (!folder) return createLog(process.env.TEST_LOG ?? 'silent')
  const destination = pino.destination({ dest: file('log'), append: true, sync: true })
  return pino({ level: 'trace', serializers: { err: loggedError } }, destination)
}

/** What a server process wrote on its standard error. */
export function noteServerOutput(chunk: Buffer): void {
  if (folder) appendFileSync(file('log'), chunk)
}

export function noteSecrets(...secrets: (string | undefined)[]): void {
  if (!folder) return
  for (const secret of secrets) if (secret && isWorthFinding(secret)) used.add(secret)
}

if (folder) {
  globalThis.fetch = noting(globalThis.fetch)
  process.on('exit', () => writeFileSync(file('secrets'), JSON.stringify([...used])))
}

function noting(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await send(input, init)
    await note(input, init, response.clone()).catch(() => {})
    return response
  }
}

async function note(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
  response: Response,
): Promise<void> {
  const asked = input instanceof Request ? input : undefined
  const exchange: Exchange = {
    url: asked?.url ?? String(input),
    requestHeaders: new Headers(init?.headers ?? asked?.headers),
    responseHeaders: response.headers,
  }
  const { body } = init ?? {}
  if (typeof body === 'string' || body instanceof URLSearchParams) {
    exchange.requestBody = String(body)
  }
  exchange.responseBody = await response.text()
  noteSecrets(...secretsOf(exchange))
}
