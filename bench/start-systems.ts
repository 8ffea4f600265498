import { startPostgres } from '#db/testing-postgres.ts'
import { blankEnvironment } from '../scripts/blank-environment.ts'
import type { Options } from './options.ts'
import { startCeiling } from './start-ceiling.ts'
import { type ProductOptions, startOnPglite, startOnPostgres } from './start-product.ts'
import { statementSettings } from './statement-costs.ts'
import type { System } from './system.ts'

const here = new URL('..', import.meta.url).pathname

/** With what a production database has: durable, every commit waits for the disk. */
export const startDurablePostgres = (settings: string[] = []) =>
  startPostgres({
    durable: true,
    settings: ['shared_buffers=512MB', 'max_wal_size=4GB', ...settings],
  })

/** This checkout's server; a person's own settings and their .env do not reach it. */
export const product = ({ profile }: Options): ProductOptions => ({
  environment: { ...blankEnvironment(), NODE_ENV: 'production' },
  root: here,
  inspect: profile,
})

/** The systems to compare, each a process of its own, all running at once. */
export async function startSystems(
  options: Options,
  progress: (line: string) => void,
): Promise<{ systems: System[]; stop(): Promise<void> }> {
  const systems: System[] = []
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const each of stops.reverse()) await each()
  }
  const started = async (starting: Promise<System>) => {
    const system = await starting
    progress(`${system.name}: started`)
    systems.push(system)
    stops.push(system.stop)
  }
  try {
    const ours = product(options)
    if (options.on.includes('memory')) await started(startCeiling(ours))
    if (options.on.includes('pglite')) {
      await started(startOnPglite(ours, codesFor(options)))
    }
    if (options.on.some((name) => name === 'postgres' || name === 'other')) {
      const postgres = await startDurablePostgres(options.profile ? statementSettings : [])
      stops.push(postgres.stop)
      if (options.on.includes('postgres')) {
        await started(startOnPostgres(postgres, 'postgres', ours))
      }
      if (options.against) {
        const other = { ...ours, root: options.against }
        await started(startOnPostgres(postgres, 'other', other))
      }
    }
    return { systems, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Refresh and introspection want a few; an exchange is measured at no more than this rate. */
function codesFor({ only, seconds }: Options): number {
  return only.includes('code') ? 1500 + Math.ceil((seconds * 1.5 + 2) * 3000) : 1500
}
