import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type BuildOptions, build, formatMessages, type OutputFile } from 'esbuild'
import { litAlone } from './lit-alone.ts'
import { minified } from './minified.ts'
import { minifiedCss } from './minified-css.ts'
import { widgetFolder } from './stamp.js'

const common = {
  absWorkingDir: widgetFolder,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  // Not from tsconfig.json, whose base is not there where only this folder is.
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  // What holds for every target is folded here, the rest by minified().
  minifySyntax: true,
  logLevel: 'silent',
  plugins: [minifiedCss],
  outdir: widgetFolder,
  write: false,
} satisfies BuildOptions

/**
 * What sites install from npm: Lit comes from their own node_modules, and the entries share what
 * they have in common, so that a page has one of it whichever it imports.
 */
const npm: BuildOptions = {
  ...common,
  entryPoints: ['autogpt-signin', 'core', 'react', 'vue'].map((name) => `src/${name}.ts`),
  external: ['lit'],
  splitting: true,
  chunkNames: 'shared-[hash]',
  sourcemap: 'external',
}

/** What a script tag loads: everything in one file. Lit's licence stands in a file beside it. */
const cdn = (entry: string, file: string, format: 'esm' | 'iife'): BuildOptions => ({
  ...common,
  entryPoints: [{ in: `src/${entry}.ts`, out: file.replace(/\.m?js$/, '') }],
  outExtension: { '.js': file.endsWith('.mjs') ? '.mjs' : '.js' },
  format,
  plugins: [minifiedCss, litAlone],
  legalComments: 'linked',
})

/** Every file that is published, below a folder. */
export async function buildInto(folder: string): Promise<void> {
  const outdir = join(folder, 'cdn')
  await Promise.all([
    write({ ...npm, outdir: folder }),
    write({ ...cdn('cdn-script', 'autogpt-signin.js', 'iife'), outdir }),
    write({ ...cdn('cdn-module', 'autogpt-signin.mjs', 'esm'), outdir }),
  ])
}

/** One entry of what is published for npm, in one piece, as a site's own bundler would join it. */
export async function minifiedEntry(entry: string): Promise<Uint8Array> {
  const options: BuildOptions = { ...npm, splitting: false, sourcemap: false }
  const [file] = await bundled({ ...options, entryPoints: [`src/${entry}.ts`] })
  if (!file) throw new Error(`${entry}: nothing was built`)
  const { code } = await minified(file.text)
  return Buffer.from(code)
}

async function write(options: BuildOptions): Promise<void> {
  const isModule = options.format === 'esm'
  const files = new Map((await bundled(options)).map(({ path, text }) => [path, text]))
  for (const [path, text] of files) {
    if (/\.m?js$/.test(path)) {
      const { code, map } = await minified(text, { isModule, path, map: files.get(`${path}.map`) })
      files.set(path, code)
      if (map) files.set(`${path}.map`, map)
    }
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

/** A warning may be about a file that was left out, and the button would be missing. */
async function bundled(options: BuildOptions): Promise<OutputFile[]> {
  const { warnings, outputFiles = [] } = await build(options)
  const [warning] = await formatMessages(warnings, { kind: 'warning' })
  if (warning) throw new Error(warning)
  return outputFiles
}
