import { relative, resolve } from 'node:path'
import { inspect } from 'node:util'

export interface FailedTest {
  name: string
  file?: string
  line?: number
  details: { type?: string; error: Error & { failureType?: string } }
}

/** What a person needs to see of a failed test; nothing for one that failed only by a test within it. */
export function failureText(test: FailedTest, stderr = ''): string | undefined {
  const { name, file = '', line, details } = test
  if (details.error.failureType === 'subtestsFailed') return undefined
  const isFile = resolve(name) === resolve(file)
  const place = relative('', file)
  const why = isFile && stderr ? stderr.slice(-3000) : reason(details.error)
  const title = isFile ? `${place} did not finish` : `${name}\n${place}:${line}`
  return indented(`✖ ${title}\n${why.trim()}`)
}

// node:test wraps what was thrown; an assertion's own fields repeat its message.
function reason(error: Error): string {
  const cause = error.cause ?? error
  if (!(cause instanceof Error)) return typeof cause === 'string' ? cause : inspect(cause)
  const deeper = cause.cause === undefined ? '' : `\ncaused by: ${inspect(cause.cause)}`
  return `${cause.stack ?? cause.message}${deeper}`.replaceAll(/\n +at .*node:internal.*/g, '')
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n    ')
}
