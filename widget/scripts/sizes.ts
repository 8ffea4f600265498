// npm run sizes: what a page loads. Ends with 1 where a limit is exceeded.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { minifiedEntry } from './bundles.ts'
import { brotli, gzip } from './compressed.ts'
import { widgetFolder } from './stamp.js'

export interface Size {
  title: string
  min: number
  gzip: number
  brotli: number
  /** Of brotli, in bytes: never more than it is now. */
  limit: number
  /** What it ought to be; see docs/decisions/0019. */
  goal: number
}

const inDist = async (name: string) => readFileSync(join(widgetFolder, 'dist/cdn', name))

const measured = [
  {
    title: 'script tag, Lit inside',
    limit: 10_900,
    goal: 11_000,
    read: () => inDist('autogpt-signin.js'),
  },
  {
    title: 'module, Lit inside',
    limit: 10_900,
    goal: 11_000,
    read: () => inDist('autogpt-signin.mjs'),
  },
  {
    title: 'npm, Lit outside',
    limit: 6_700,
    goal: 6_000,
    read: () => minifiedEntry('autogpt-signin'),
  },
  { title: 'core, no UI', limit: 3_200, goal: 2_600, read: () => minifiedEntry('core') },
]

/** Every way to load the widget, as dist/ has it now. */
export function sizes(): Promise<Size[]> {
  return Promise.all(
    measured.map(async ({ title, limit, goal, read }) => {
      const bytes = await read()
      const [small, smallest] = [gzip(bytes).length, brotli(bytes).length]
      return { title, min: bytes.length, gzip: small, brotli: smallest, limit, goal }
    }),
  )
}

export function lineOf({ title, min, gzip, brotli, limit, goal }: Size): string {
  const sizes = [min, gzip, brotli].map((size) => String(size).padStart(6)).join('')
  return `${title.padEnd(24)}${sizes} of ${limit} (goal ${goal})${brotli > limit ? '  TOO LARGE' : ''}`
}

if (import.meta.main) {
  const all = await sizes()
  const heading = `${'bytes'.padEnd(24)}   min  gzip    br`
  process.stdout.write(`${[heading, ...all.map(lineOf)].join('\n')}\n`)
  if (all.some(({ brotli, limit }) => brotli > limit)) process.exitCode = 1
}
