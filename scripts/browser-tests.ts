import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Result } from './node-tests.ts'

const REPORT = 'test-results/report.json'

/** Runs e2e/ in Chromium; Playwright starts and ends the server by itself. */
export async function runBrowserTests(args: string[] = []): Promise<Result> {
  console.log('\nBrowser tests')
  rmSync(REPORT, { force: true })
  const program = join(createRequire(import.meta.url).resolve('@playwright/test'), '../cli.js')
  const child = spawn(process.execPath, [program, 'test', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'close')
  const result = counted()
  // Such as a server that did not start: no test has failed then, and none has run.
  if (code !== 0 && result.failed === 0) result.failed = 1
  if (result.failed > 0) console.log(lastTrouble())
  console.log(`Browser tests: ${result.passed} passed, ${result.failed} failed`)
  return result
}

/** npm test has the server's log in a file instead of here. */
function lastTrouble(): string {
  const { TEST_LOG_FOLDER } = process.env
  if (!TEST_LOG_FOLDER) return ''
  const lines = readFileSync(join(TEST_LOG_FOLDER, 'browser.log'), 'utf8').split('\n')
  return lines
    .filter((line) => !/^\{"level":[123]0/.test(line))
    .slice(-10)
    .join('\n')
}

function counted(): Result {
  try {
    const { stats, suites } = JSON.parse(readFileSync(REPORT, 'utf8')) as Report
    const failures = suites.flatMap(failedSpecs).map((spec) => {
      return `✖ ${spec.title}\n    e2e/${spec.file}:${spec.line}\n${reasons(spec)}`
    })
    return { passed: stats.expected, failed: stats.unexpected + stats.flaky, failures }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

interface Spec {
  ok: boolean
  title: string
  file: string
  line: number
  tests: { results: { errors: { message?: string }[] }[] }[]
}

interface Suite {
  specs: Spec[]
  suites?: Suite[]
}

interface Report {
  stats: { expected: number; unexpected: number; flaky: number }
  suites: Suite[]
}

/** What Playwright says of each error, without its colours; a page's whole text is left out. */
function reasons({ tests }: Spec): string {
  const errors = tests.flatMap(({ results }) => results.flatMap(({ errors }) => errors))
  const lines = errors.flatMap(({ message = '' }) =>
    stripVTControlCharacters(message).split('\n').slice(0, 25),
  )
  return lines.map((line) => `    ${line}`).join('\n')
}

const failedSpecs = ({ specs, suites = [] }: Suite): Spec[] => [
  ...specs.filter(({ ok }) => !ok),
  ...suites.flatMap(failedSpecs),
]
