import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Router } from '@koa/router'
import type { Context } from 'koa'
import { assetUrl } from './assets.ts'
import { cacheable } from './headers.ts'
import { type Html, html, render } from './html.ts'

export interface DocsPage {
  title: string
  /** The address of the OpenAPI document. */
  document: string
  /** Other pages of the same documentation. */
  links?: { href: string; text: string; isThis: boolean }[]
  /** Without it "Authorize" offers what needs no client: keys and tokens to paste. */
  signIn?: { clientId: string; redirectUri: string; scopes: string }
}

// Everything from our own origin and no inline script; calls to this server only.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

// What differs from page to page stands in its HTML, so that the script can be one file.
const starter = `const { document: url, clientId, redirectUri, scopes } = document.getElementById('docs').dataset
window.ui = SwaggerUIBundle({
  url,
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  ...(redirectUri && { oauth2RedirectUrl: redirectUri }),
})
if (clientId) {
  window.ui.initOAuth({ clientId, scopes, usePkceWithAuthorizationCodeGrant: true })
}
`

const folder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))
const packaged = (name: string) => () => readFile(join(folder, name))

const script = 'text/javascript'
const files: Record<string, { type: string; read: () => Promise<string | Buffer> }> = {
  'swagger-ui.css': { type: 'text/css', read: packaged('swagger-ui.css') },
  'swagger-ui-bundle.js': { type: script, read: packaged('swagger-ui-bundle.js') },
  'oauth2-redirect.js': { type: script, read: packaged('oauth2-redirect.js') },
  'start.js': { type: script, read: async () => starter },
}

/** Swagger UI below this address, for pages that are shown with the two functions it returns. */
export function swaggerUi(router: Router, base: string) {
  for (const [name, { type, read }] of Object.entries(files)) {
    router.get(`${base}/${name}`, async (ctx: Context) => {
      cacheable(ctx, 'public, max-age=3600')
      ctx.type = type
      ctx.body = await read()
    })
  }
  const file = (name: keyof typeof files) => `${base}/${name}`
  return {
    show: (ctx: Context, page: DocsPage) => {
      ctx.set('Content-Security-Policy', policy)
      // The sign-in comes back to its opener; other sites' windows still cannot reach this one.
      if (page.signIn) ctx.set('Cross-Origin-Opener-Policy', 'same-origin-allow-popups')
      render(ctx, docsPage(page, file))
    },
    /** Where the window of "Authorize" ends: it gives the code to its opener and closes. */
    comeBack: (ctx: Context) => {
      ctx.set('Content-Security-Policy', policy)
      ctx.remove('Cross-Origin-Opener-Policy')
      render(ctx, comeBackPage(file))
    },
  }
}

const docsPage = (page: DocsPage, file: (name: string) => string): Html => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${page.title} – AutoGPT SSO</title>
    <link rel="icon" type="image/svg+xml" href="${assetUrl('logo.svg')}" />
    <link rel="stylesheet" href="${file('swagger-ui.css')}" />
    <script src="${file('swagger-ui-bundle.js')}" defer></script>
    <script src="${file('start.js')}" defer></script>
  </head>
  <body class="swagger-ui">
    ${page.links && linksBetween(page.links)}
    <main
      id="docs"
      data-document="${page.document}"
      data-client-id="${page.signIn?.clientId}"
      data-redirect-uri="${page.signIn?.redirectUri}"
      data-scopes="${page.signIn?.scopes}"
    ><noscript>The document is <a href="${page.document}">openapi.json</a>.</noscript></main>
  </body>
</html>`

const linksBetween = (
  links: NonNullable<DocsPage['links']>,
): Html => html`<nav class="wrapper" aria-label="Documents">
      ${links.map(
        ({ href, text, isThis }) =>
          html`<a class="btn" href="${href}" aria-current="${isThis ? 'page' : 'false'}">${text}</a> `,
      )}
    </nav>`

const comeBackPage = (file: (name: string) => string): Html => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Signed in – AutoGPT SSO</title>
    <script src="${file('oauth2-redirect.js')}" defer></script>
  </head>
  <body></body>
</html>`
