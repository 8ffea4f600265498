import { execFileSync } from 'node:child_process'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { postgresPrograms } from '#db/testing-postgres-programs.ts'

/** What a reader needs to judge the numbers, and nothing that tells whose machine it was. */
export function machineOf() {
  const postgres = execFileSync(join(postgresPrograms(), 'postgres'), ['--version'])
  return {
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    postgres: postgres.toString().trim(),
  }
}
