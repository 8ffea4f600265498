import { join } from 'node:path'
import { type BuildOptions, type BuildResult, build, formatMessages } from 'esbuild'
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
  logLevel: 'silent',
  plugins: [minifiedCss],
} satisfies BuildOptions

const minified = { ...common, minify: true } satisfies BuildOptions

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
}

/** What a script tag loads: everything in one file. Lit's licence stands in a file beside it. */
const cdn = (entry: string, file: string, format: 'esm' | 'iife'): BuildOptions => ({
  ...minified,
  entryPoints: [{ in: `src/${entry}.ts`, out: file.replace(/\.m?js$/, '') }],
  outExtension: { '.js': file.endsWith('.mjs') ? '.mjs' : '.js' },
  format,
  legalComments: 'linked',
})

/** Every file that is published, below a folder. */
export async function buildInto(folder: string): Promise<void> {
  const outdir = join(folder, 'cdn')
  await Promise.all([
    strictly({ ...npm, outdir: folder }),
    strictly({ ...cdn('cdn-script', 'autogpt-signin.js', 'iife'), outdir }),
    strictly({ ...cdn('cdn-module', 'autogpt-signin.mjs', 'esm'), outdir }),
  ])
}

/** One entry as a site's own bundler would make it, Lit outside. */
export async function minifiedEntry(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await strictly({
    ...minified,
    entryPoints: [`src/${entry}.ts`],
    external: ['lit'],
    write: false,
  })
  if (!outputFiles?.[0]) throw new Error(`${entry}: nothing was built`)
  return outputFiles[0].contents
}

/** A warning may be about a file that was left out, and the button would be missing. */
async function strictly(options: BuildOptions): Promise<BuildResult> {
  const result = await build(options)
  const [warning] = await formatMessages(result.warnings, { kind: 'warning' })
  if (warning) throw new Error(warning)
  return result
}
