import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** For polyfills where shadow roots are missing, and for pages that a server rendered. */
const hooks =
  /\b\w\.(ShadyCSS|(reactiveElement|litHtml|litElement)PolyfillSupport|litElementHydrateSupport)\b/g

/** The page's list of its Lits, for a warning while a site is developed. */
const enlisting = /\(\w\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/g

/** The Lit inside, without what connects it to other parts of Lit: none of them can reach it. */
export const litAlone: Plugin = {
  name: 'lit-alone',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/(@lit|lit[\w-]*)\/.+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { contents: source.replace(hooks, 'undefined').replace(enlisting, 'undefined') }
    })
  },
}
