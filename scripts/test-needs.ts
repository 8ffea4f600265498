import { startPostgres } from '../db/testing-postgres.ts'
import { postgresPrograms } from '../db/testing-postgres-programs.ts'
import type { Result } from './node-tests.ts'
import { installSystemPackage, type Need } from './system-packages.ts'

/** Runs tests against one PostgreSQL of our own, or the given one; installs it where it is missing. */
export async function withPostgres(work: (url: string) => Promise<Result>): Promise<Result> {
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

/** Makes sure that it is there; otherwise what a person can do about it. */
export async function provide(need: Need, isThere: () => boolean): Promise<string | undefined> {
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

export function cannotRun(what: string, problem: string): Result {
  console.log(`\n✖ ${what} cannot run: ${problem}`)
  return { passed: 0, failed: 1 }
}
