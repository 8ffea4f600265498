// npm run test:faults: what takes too long for npm test, one file after the other; a part of a file's
// name runs the files that have it (npm run test:faults -- database).
import { type Result, runNodeTests } from './node-tests.ts'
import { withPostgres } from './test-needs.ts'

const patterns = process.argv.length > 2 ? process.argv.slice(2) : ['']

const { passed, failed } = await withPostgres(runFaults)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function runFaults(TEST_DATABASE_URL: string): Promise<Result> {
  return runNodeTests({
    title: 'Faults',
    patterns: patterns.map((part) => `server/test/faults/*${part}*.slow.ts`),
    env: { TEST_DATABASE_URL },
    // They load the machine by themselves; a soak takes half an hour.
    concurrency: 1,
    withFacts: true,
    fileTimeoutMs: 60 * 60_000,
  })
}
