import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino'
import { gatheredLines } from './gathered-lines.ts'

/** JSON lines on stderr, readable lines on a terminal. Nothing secret is ever handed to it. */
export function createLog(level: string, destination = standardError()): Logger {
  const serializers = { err: loggedError }
  return pino({ level, redact, serializers, hooks: { streamWrite: scrubbed } }, destination)
}

/** Bytes of lines that could not be written yet. */
const mostKept = 1024 * 1024

const pretty = process.stderr.isTTY ? (await import('pino-pretty')).default : undefined

let shared: DestinationStream | undefined

/** One for the process, as its standard error is. */
function standardError(): DestinationStream {
  shared ??= newStandardError()
  return shared
}

function newStandardError(): DestinationStream {
  if (pretty)
    return pretty({ destination: 2, sync: true, ignore: 'pid,hostname', singleLine: true })
  const stream = pino.destination({ dest: 2, sync: true, maxLength: mostKept })
  // A full disk costs lines and nothing else; when there is room again, there are lines again.
  stream.on('error', () => {})
  return gatheredLines(stream)
}

/**
 * The second lock: should one of these ever be handed over, it stays out. At the top only, since a
 * look into every object of every line costs seven times as much as the line.
 */
const redact: LoggerOptions['redact'] = [
  ...['authorization', 'cookie', 'headers', 'body', 'form', 'params', 'query', 'url'],
  ...['password', 'secret', 'client_secret', 'clientSecret', 'secretKey', 'adminToken'],
  ...['token', 'access_token', 'accessToken', 'refresh_token', 'refreshToken', 'id_token'],
  ...['code_verifier', 'codeVerifier', 'user_code', 'userCode', 'email', 'to'],
]

interface LoggedError {
  type: string
  message: string
  stack?: string | undefined
  code?: string | undefined
  cause?: LoggedError
}

/** What else an error carries (a row's values, a request, its options) is not ours to repeat. */
export function loggedError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const { name, message, stack, cause, code } = error as Error & { code?: unknown }
  return {
    type: name,
    message,
    stack,
    code: typeof code === 'string' ? code : undefined,
    ...(cause instanceof Error && { cause: loggedError(cause) }),
  }
}

const suspicious = /agpt_|eyJ|@|bearer|basic/i

/** Messages quote what they could not read: tokens by their looks, passwords in addresses, people. */
function scrubbed(line: string): string {
  if (!suspicious.test(line)) return line
  return line
    .replace(/\bagpt_(?!client_)[\w-]{8,}/g, 'agpt_…')
    .replace(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)*/g, 'eyJ…')
    .replace(/\b(bearer|basic) +[\w.~+/=-]{8,}/gi, '$1 …')
    .replace(/:\/\/[^\s"/@]+@/g, '://…@')
    .replace(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, '…@…')
}
