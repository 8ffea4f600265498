// npm test: everything, on both database engines and in a browser, ending with one line of counts.
// Given --unit or --browser, that part only.
import { parseArgs } from 'node:util'
import { systemProgram } from '../server/test/topology-programs.ts'
import { runBrowserTests } from './browser-tests.ts'
import { findChromium } from './chromium.ts'
import { findFirefox } from './firefox.ts'
import { type Result, runNodeTests } from './node-tests.ts'
import { checkSuiteLog, suiteLogFolder } from './suite-log.ts'
import { works } from './system-packages.ts'
import { cannotRun, provide, withPostgres } from './test-needs.ts'

const { values, positionals } = parseArgs({
  options: { unit: { type: 'boolean' }, browser: { type: 'boolean' } },
  allowPositionals: true,
})
const everything = !values.unit && !values.browser
const unit = everything || values.unit
const browser = everything || values.browser

// Inherited by every test process.
const log = suiteLogFolder()
process.env.TEST_LOG_FOLDER = log.folder

const results: Result[] = []
if (unit) results.push(...(await unitTests()))
if (browser) results.push(await browserTests())
results.push(checkSuiteLog(log.folder))
log.remove()

const failures = results.flatMap((result) => result.failures ?? [])
if (failures.length > 0) console.log(`\nWhat failed:\n${failures.join('\n')}`)
const total = (key: 'passed' | 'failed') => results.reduce((sum, result) => sum + result[key], 0)
console.log(`\n${total('passed')} passed, ${total('failed')} failed`)
process.exitCode = total('failed') === 0 ? 0 : 1

async function unitTests(): Promise<Result[]> {
  const store = ['db/**/*.test.ts', 'server/test/**/*.test.ts']
  const all = [
    ...store,
    'server/src/**/*.test.ts',
    'demo/**/*.test.ts',
    'scripts/**/*.test.ts',
    'bench/**/*.test.ts',
    'widget/**/*.test.ts',
  ]
  // Their tests fail by themselves, with a clear word, where they cannot be had.
  await provide('Redis', () => works('redis-server', ['--version']))
  await provide('HAProxy', () => systemProgram('haproxy') !== undefined)
  await provide('nginx', () => systemProgram('nginx') !== undefined)
  await provide('PgBouncer', () => systemProgram('pgbouncer') !== undefined)
  const onPostgres = await withPostgres((TEST_DATABASE_URL) =>
    runNodeTests({ title: 'On PostgreSQL', patterns: all, env: { TEST_DATABASE_URL } }),
  )
  const onPGlite = await runNodeTests({
    title: 'On PGlite',
    patterns: store,
    env: { TEST_ENGINE: 'pglite' },
  })
  return [onPostgres, onPGlite]
}

async function browserTests(): Promise<Result> {
  const problem =
    (await provide('Chromium', () => findChromium() !== undefined)) ??
    (await provide('Firefox', () => findFirefox() !== undefined))
  return problem ? cannotRun('Browser tests', problem) : runBrowserTests(positionals)
}
