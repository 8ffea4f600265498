import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** For polyfills where shadow roots are missing, and for pages that a server rendered. */
const hooks = /\b\w\.(ShadyCSS|(reactiveElement|litHtml)PolyfillSupport)\b/g

/** The page's list of its Lits, for a warning while a site is developed. */
const enlisting = /\(\w\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/g

/**
 * LitElement without what directives may ask of it: ours has none. A listener that is a function
 * of its own needs no host either.
 */
const litElement = `
  import { ReactiveElement } from '@lit/reactive-element'
  import { render } from 'lit-html'
  export * from '@lit/reactive-element'
  export * from 'lit-html'
  export class LitElement extends ReactiveElement {
    update(changed) {
      const template = this.render()
      super.update(changed)
      render(template, this.renderRoot)
    }
  }`

/**
 * The style sheet of one class, which nobody extends, is made at once. Browsers of before 2023 have no
 * constructed ones; nor have they all that the rest is made of.
 */
const cssTag = `
  export const unsafeCSS = (text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  }
  export const getCompatibleStyle = (sheet) => sheet
  export const adoptStyles = (root, sheets) => {
    root.adoptedStyleSheets = sheets
  }
  export const css = undefined, CSSResult = undefined, supportsAdoptingStyleSheets = true`

/** The Lit inside, without what connects it to other parts of Lit: none of them can reach it. */
export const litAlone: Plugin = {
  name: 'lit-alone',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/lit-element\/lit-element\.js$/ }, ({ path }) => ({
      contents: litElement,
      resolveDir: path.replace(/[^/]+$/, ''),
    }))
    onLoad({ filter: /node_modules\/@lit\/reactive-element\/css-tag\.js$/ }, () => ({
      contents: cssTag,
    }))
    onLoad({ filter: /node_modules\/(@lit|lit[\w-]*)\/.+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { contents: source.replace(hooks, 'undefined').replace(enlisting, 'undefined') }
    })
  },
}
