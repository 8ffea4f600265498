import { basename } from 'node:path'
import { minify } from 'terser'

interface Minified {
  code: string
  map?: string
}

/** Lit's own short names, such as `_$AH`: nobody else has the Lit that is inside. */
const ofLit = /^_\$[A-Z]\w+$/

/** Smaller by a fiftieth than esbuild makes it; with a map to the sources, where there was one. */
export async function minified(
  source: string,
  { isModule = true, path = '', map: content = '' } = {},
): Promise<Minified> {
  const url = `${basename(path)}.map`
  const { code = '', map } = await minify(source, {
    ecma: 2022,
    module: isModule,
    toplevel: true,
    // The last three for brotli, which likes what is alike close together. What is called unsafe is so
    // for code that replaces Array, Error and the like by its own.
    compress: {
      passes: 4,
      pure_getters: true,
      unsafe: true,
      unsafe_arrows: true,
      keep_fargs: false,
      hoist_funs: true,
      if_return: false,
      sequences: false,
    },
    mangle: { properties: { regex: ofLit } },
    sourceMap: !!content && { content, includeSources: true, url },
  })
  return typeof map === 'string' ? { code, map } : { code }
}
