// npm run bench:widgets: what a page loads to sign people in, ours beside others. They are installed into a
// folder of their own, outside the project, and bundled and compressed as ours is; the table goes into docs/performance.md.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { brotli, gzip } from '../../widget/scripts/compressed.ts'
import { sizes } from '../../widget/scripts/sizes.ts'
import { type Other, others } from './others.ts'

interface Row {
  title: string
  min: number
  gzip: number
  brotli: number
}

const document = join(import.meta.dirname, '../../docs/performance.md')
const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-widgets-'))
try {
  const table = await compare()
  process.stdout.write(table)
  writeFileSync(document, withTable(readFileSync(document, 'utf8'), table))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function compare(): Promise<string> {
  install(others.flatMap(({ packages }) => packages))
  const rows: Row[] = [...(await sizes()).map(ours), ...(await Promise.all(others.map(measure)))]
  return tableOf(rows.sort((one, other) => one.brotli - other.brotli))
}

/** Without their install scripts, and without what they expect a page to have. */
function install(packages: string[]): void {
  process.stderr.write(`Installing ${packages.length} packages into ${folder} …\n`)
  writeFileSync(join(folder, 'package.json'), '{"private": true}')
  const quiet = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--loglevel=error']
  execFileSync('npm', ['install', '--no-save', ...quiet, ...packages], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function measure(other: Other): Promise<Row> {
  const bytes = await read(other)
  const [small, smallest] = [gzip(bytes).length, brotli(bytes).length]
  return { title: nameOf(other), min: bytes.length, gzip: small, brotli: smallest }
}

async function read({ from, external = [] }: Other): Promise<Uint8Array> {
  if ('file' in from) return readFileSync(join(folder, 'node_modules', from.file))
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as all from '${from.import}'\nglobalThis.all = all`,
      resolveDir: folder,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    legalComments: 'none',
    logLevel: 'silent',
    external,
    write: false,
  })
  return outputFiles[0]?.contents ?? new Uint8Array()
}

function nameOf({ title, packages }: Other): string {
  const version = packages[0]?.split('@').at(-1)
  return title.replace(/^[^:\s]+/, (name) => `${name} ${version}`)
}

function ours({ title, ...rest }: Row): Row {
  return { ...rest, title: `**@autogpt/signin: ${title}**` }
}

function withTable(text: string, table: string): string {
  return text.replace(/(?<=<!-- widgets:begin -->\n)[\s\S]*(?=<!-- widgets:end -->)/, () => table)
}

function tableOf(rows: Row[]): string {
  const lines = rows.map(
    (row) => `| ${row.title} | ${[row.min, row.gzip, row.brotli].join(' | ')} |`,
  )
  return `${['| | min | gzip | brotli |', '| --- | --- | --- | --- |', ...lines].join('\n')}\n`
}
