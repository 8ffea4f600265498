import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findSecrets } from './find-secrets.ts'
import type { Result } from './node-tests.ts'

/**
 * A folder for what the servers of all tests log and the secrets that were used with them. Each
 * process of the tests leaves a pair of files: server/test/suite-log/.
 */
export function suiteLogFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-logs-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Fails if a secret that a test used stands in the log of its server, or if nothing was looked at. */
export function checkSuiteLog(folder: string): Result {
  const totals = { lines: 0, secrets: 0, found: 0 }
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
    const log = readFileSync(join(folder, name), 'utf8')
    const secrets = secretsBeside(folder, name.replace(/\.log$/, ''))
    const found = findSecrets(log, secrets)
    totals.lines += log.split('\n').length - 1
    totals.secrets += secrets.length
    totals.found += found.length
    for (const { what, line } of found.slice(0, 10)) {
      console.log(`✖ ${what} in the log of a server: ${line.slice(0, 500)}`)
    }
  }
  const { lines, secrets, found } = totals
  console.log(`\nThe servers' logs: ${lines} lines, ${secrets} secrets, ${found} found`)
  const isFine = found === 0 && lines > 0 && secrets > 0
  return isFine ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/** Of 17.log those of 17.secrets; of browser.log those of each browser process, browser-17.secrets. */
function secretsBeside(folder: string, name: string): string[] {
  const files = readdirSync(folder).filter((file) => file.replace(/(-\d+)?\.secrets$/, '') === name)
  // A process that was killed leaves none; tokens and addresses are then found by their looks.
  return files.flatMap((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
}
