// npm run bench: what the server does in a second, beside oidc-provider alone. docs/performance.md
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { gatewayLines, measureGateway } from './gateway/gateway.ts'
import { profileGateway } from './gateway/profile.ts'
import { machineOf } from './machine.ts'
import { compareTokens } from './many-tokens.ts'
import { measure } from './measure.ts'
import { type Row, rowsOf } from './numbers.ts'
import { operations as allOperations } from './operations.ts'
import { OptionError, type Options, readOptions, usage } from './options.ts'
import { memoryOf } from './processes.ts'
import { profile } from './profile.ts'
import { startSystems } from './start-systems.ts'
import { systemTitles } from './system.ts'
import { memoryTable, tableOf } from './table.ts'
import { targetLines } from './targets.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const progress = (line: string) => process.stderr.write(`${line}\n`)

try {
  await main(readOptions(process.argv.slice(2)))
} catch (error) {
  progress(error instanceof OptionError ? `${error.message}\n\n${usage}` : lineOf(error))
  process.exitCode = 1
}

async function main(options: Options): Promise<void> {
  if (options.profile) return profileEach(options)
  const { tokens } = options
  return tokens === undefined ? compare(options) : compareByTokens({ ...options, tokens })
}

async function compare(options: Options): Promise<void> {
  const began = Date.now()
  const parts = options.only.length > 0 ? await compareSystems(options) : { rows: [], targets: [] }
  const gateway = options.gateway ? await measureGateway(options, progress) : undefined
  const targets = [...parts.targets, ...(gateway ? gatewayLines(gateway, options.megabytes) : [])]
  say(`\n${targets.join('\n')}`)
  const seconds = Math.round((Date.now() - began) / 1000)
  say(`\n${seconds} s in all, ${options.seconds} s for each line in ${options.rounds} rounds`)
  save(options.json, { machine: machineOf(), options, ...parts, gateway, targets, seconds })
  noteFailures(parts.rows)
}

async function compareSystems(options: Options) {
  const operations = allOperations.filter(({ name }) => options.only.includes(name))
  const { systems, stop } = await startSystems(options, progress)
  try {
    const measured = await measure({ ...options, systems, operations, progress })
    const rows = rowsOf(measured, 'memory')
    const memory = systems.map(({ name, pid, idleMemory }) => ({
      name,
      idle: idleMemory,
      peak: memoryOf(pid).peak,
    }))
    const idle = memory.find(({ name }) => name === 'postgres')?.idle
    const targets = targetLines(operations, rows, idle)
    say(`\n${tableOf(operations, rows)}\n\n${memoryTable(memory)}`)
    return { rows, memory, targets }
  } finally {
    await stop()
  }
}

function lineOf(error: unknown): string {
  return (error instanceof Error && error.stack) || String(error)
}

async function compareByTokens(options: Options & { tokens: number }): Promise<void> {
  const { operations, rows, targets } = await compareTokens(options, progress)
  say(`\n${tableOf(operations, rows)}\n\n${targets.join('\n')}\n`)
  save(options.json, { machine: machineOf(), options, rows, targets })
  noteFailures(rows)
}

async function profileEach(options: Options): Promise<void> {
  if (options.only.length > 0) await profileSystems(options)
  if (options.gateway) await profileGateway(options.seconds, say)
}

async function profileSystems(options: Options): Promise<void> {
  const operations = allOperations.filter(({ name }) => options.only.includes(name))
  const { systems, stop } = await startSystems(options, progress)
  try {
    const folder = dirname(options.json)
    for (const system of systems) {
      say(`\n# ${systemTitles[system.name]}`)
      await profile({ system, operations, seconds: options.seconds, folder, say })
    }
    say(`\nprofiles: ${folder}/*.cpuprofile`)
  } finally {
    await stop()
  }
}

function save(file: string, result: object): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  say(`numbers: ${file}`)
}

function noteFailures(rows: Row[]): void {
  for (const { operation, system, operations, failures, firstFailure } of rows) {
    if (failures === 0 && operations > 0) continue
    process.exitCode = 1
    say(`${operation} on ${system}: ${operations} done, ${failures} failed: ${firstFailure}`)
  }
}
