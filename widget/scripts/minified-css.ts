import { readFile } from 'node:fs/promises'
import { type Plugin, transform } from 'esbuild'

/** Minifies what stands in styles = `…`, which to a bundler is only a string. */
export const minifiedCss: Plugin = {
  name: 'minified-css',
  setup({ onLoad }) {
    onLoad({ filter: /styles\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const [whole, before = '', css = ''] =
        /^([\s\S]*\bstyles = `)([^`$\\]*)(?=`)/.exec(source) ?? []
      if (whole === undefined)
        throw new Error(`${path}: there is no styles = \`…\` without \${…} in it`)
      const { code } = await transform(css, { loader: 'css', minify: true, target: 'esnext' })
      return { loader: 'ts', contents: before + code.trim() + source.slice(whole.length) }
    })
  },
}
