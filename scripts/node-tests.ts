import { globSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { run } from 'node:test'
import { type FailedTest, failureText } from './test-failure.ts'

export interface Result {
  passed: number
  failed: number
  /** What failed, where and why: said again at the end, which is all that a cut record shows. */
  failures?: string[]
}

export interface Round {
  title: string
  patterns: string[]
  env?: Record<string, string>
  /** Files at the same time. */
  concurrency?: number
  fileTimeoutMs?: number
  /** Prints what tests measured, too (t.diagnostic). */
  withFacts?: boolean
}

// A file that hangs is ended and counted as failed; none takes a minute.
const patience = 5 * 60_000

/** Runs test files, each in a process of its own, and prints what failed, where and why. */
export async function runNodeTests(round: Round): Promise<Result> {
  const { title, patterns, env, concurrency = 2, withFacts = false } = round
  const timeout = round.fileTimeoutMs ?? patience
  const started = Date.now()
  const files = globSync(patterns).sort()
  console.log(`\n${title}: ${files.length} files`)
  const events = run({ files, concurrency, timeout, env: { ...process.env, ...env } })
  const result = await report(events, withFacts)
  if (result.passed + result.failed === 0) {
    console.log('✖ no test ran')
    result.failed = 1
  }
  const seconds = Math.round((Date.now() - started) / 1000)
  console.log(`${title}: ${result.passed} passed, ${result.failed} failed in ${seconds} s`)
  return result
}

type Events = ReturnType<typeof run>

async function report(events: Events, withFacts: boolean): Promise<Result> {
  const said = new Map<string, string>()
  const failures: string[] = []
  let total = { passed: 0, failed: 0 }
  for await (const { type, data } of events) {
    if (type === 'test:stderr') {
      const file = resolve(data.file)
      said.set(file, (said.get(file) ?? '') + data.message)
    } else if (type === 'test:fail') {
      const text = failureText(data as FailedTest, said.get(resolve(data.file ?? '')))
      if (!text) continue
      console.log(text)
      failures.push(text)
    } else if (type === 'test:diagnostic' && withFacts && !isCount(data.message)) {
      console.log(`  ${data.message}`)
    } else if (type === 'test:summary') {
      const { tests, passed, skipped, todo } = data.counts
      const counted = { passed, failed: tests - passed - skipped - todo }
      if (data.file === undefined) total = counted
      else console.log(`${mark(counted)} ${relative('', data.file)} (${passed} of ${tests})`)
    }
  }
  return { ...total, failures }
}

/** The runner's own sums, which come as diagnostics as well. */
const isCount = (message: string) =>
  /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(message)

function mark({ failed }: Result): string {
  return failed === 0 ? '✔' : '✖'
}
