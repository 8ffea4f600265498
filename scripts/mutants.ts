// npm run mutants: breaks one guarantee after the other by one line, in a copy of the project, and
// runs tests: each must be noticed. A part of a guarantee's name runs those that have it.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withMutant } from './mutants/apply.ts'
import { mutants } from './mutants/list.ts'
import type { Mutant } from './mutants/mutant.ts'
import type { Result } from './node-tests.ts'
import { withPostgres } from './test-needs.ts'

const part = process.argv[2] ?? ''
const chosen = mutants.filter(({ guarantee }) => guarantee.includes(part))
const fastSuite = [...new Set(mutants.flatMap(({ noticedBy }) => noticedBy))].sort()
const minutes = 60_000

const { passed, failed } = await withPostgres((url) => hunt(url))
console.log(`\n${passed} mutants killed, ${failed} survived`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

async function hunt(TEST_DATABASE_URL: string): Promise<Result> {
  const copy = copyOfProject()
  const passes = (files: string[]) => runTests(copy, files, TEST_DATABASE_URL)
  try {
    const needed = [...new Set(chosen.flatMap(({ noticedBy }) => noticedBy))].sort()
    const unwell = needed.filter((file) => !passes([file]))
    if (unwell.length > 0) {
      console.log(`✖ these fail by themselves, so they can notice nothing: ${unwell.join(', ')}`)
      return { passed: 0, failed: chosen.length }
    }
    const result = { passed: 0, failed: 0 }
    for (const mutant of chosen) {
      const noticed = await withMutant(copy, mutant, async () => noticer(mutant, passes))
      console.log(noticed ? `✔ ${mutant.guarantee}: ${noticed}` : `✖ ${mutant.guarantee}: survived`)
      result[noticed ? 'passed' : 'failed'] += 1
    }
    return result
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** The file that noticed: one of those that should, or else any of the fast suite. */
function noticer(mutant: Mutant, passes: (files: string[]) => boolean): string | undefined {
  const named = mutant.noticedBy.find((file) => !passes([file]))
  if (named) return named
  const others = fastSuite.filter((file) => !mutant.noticedBy.includes(file))
  return others.find((file) => !passes([file]))
}

function copyOfProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'autogpt-sso-mutants-'))
  const files = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { encoding: 'utf8' },
  ).split('\0')
  for (const file of files.filter(Boolean)) cpSync(file, join(copy, file))
  symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'))
  return copy
}

function runTests(cwd: string, files: string[], TEST_DATABASE_URL: string): boolean {
  const { status } = spawnSync(process.execPath, ['--test', ...files], {
    cwd,
    env: { ...process.env, TEST_DATABASE_URL },
    stdio: 'ignore',
    timeout: 3 * minutes,
  })
  return status === 0
}
