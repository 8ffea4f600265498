// npm test: everything, on both database engines and in a browser, ending with one line of counts.
// Given --unit or --browser, that part only.
import { parseArgs } from 'node:util'
import { startPostgres } from '../db/testing-postgres.ts'
import { postgresPrograms } from '../db/testing-postgres-programs.ts'
import { runBrowserTests } from './browser-tests.ts'
import { findChromium } from './chromium.ts'
import { type Result, runNodeTests } from './node-tests.ts'
import { installSystemPackage, type Need, works } from './system-packages.ts'

const { values, positionals } = parseArgs({
  options: { unit: { type: 'boolean' }, browser: { type: 'boolean' } },
  allowPositionals: true,
})
const everything = !values.unit && !values.browser
const unit = everything || values.unit
const browser = everything || values.browser

const results: Result[] = []
if (unit) results.push(...(await unitTests()))
if (browser) results.push(await browserTests())

const total = (key: keyof Result) => results.reduce((sum, result) => sum + result[key], 0)
console.log(`\n${total('passed')} passed, ${total('failed')} failed`)
process.exitCode = total('failed') === 0 ? 0 : 1

async function unitTests(): Promise<Result[]> {
  const store = ['db/**/*.test.ts', 'server/test/**/*.test.ts']
  const all = [...store, 'server/src/**/*.test.ts', 'demo/**/*.test.ts', 'scripts/**/*.test.ts']
  // Its tests fail by themselves, with a clear word, where it cannot be had.
  await provide('Redis', () => works('redis-server', ['--version']))
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

async function withPostgres(work: (url: string) => Promise<Result>): Promise<Result> {
  if (process.env.TEST_DATABASE_URL) return work(process.env.TEST_DATABASE_URL)
  const problem = await provide('PostgreSQL', hasPostgres)
  if (problem) return cannotRun('Tests on PostgreSQL', problem)
  const server = await startPostgres()
  try {
    return await work(server.url)
  } finally {
    await server.stop()
  }
}

async function browserTests(): Promise<Result> {
  const problem = await provide('Chromium', () => findChromium() !== undefined)
  return problem ? cannotRun('Browser tests', problem) : runBrowserTests(positionals)
}

/** Makes sure that it is there; otherwise what a person can do about it. */
async function provide(need: Need, isThere: () => boolean): Promise<string | undefined> {
  if (isThere()) return undefined
  const advice = await installSystemPackage(need)
  if (isThere()) return undefined
  return `there is no ${need} on this machine. ${advice ?? 'Its package brought none.'}`
}

function hasPostgres(): boolean {
  try {
    return Boolean(postgresPrograms())
  } catch {
    return false
  }
}

function cannotRun(what: string, problem: string): Result {
  console.log(`\n✖ ${what} cannot run: ${problem}`)
  return { passed: 0, failed: 1 }
}
