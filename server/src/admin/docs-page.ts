import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Router } from '@koa/router'
import type { Context } from 'koa'
import { assetUrl } from '#web/assets.ts'
import { cacheable } from '#web/headers.ts'
import { html, render } from '#web/html.ts'

const base = '/api/admin/docs'

// Everything from our own origin and no inline script.
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

const starter = `window.ui = SwaggerUIBundle({
  url: '/api/admin/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
})
`

const folder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))
const packaged = (name: string) => readFile(join(folder, name))

const files: Record<string, { type: string; read: () => Promise<string | Buffer> }> = {
  'swagger-ui.css': { type: 'text/css', read: () => packaged('swagger-ui.css') },
  'swagger-ui-bundle.js': {
    type: 'text/javascript',
    read: () => packaged('swagger-ui-bundle.js'),
  },
  'start.js': { type: 'text/javascript', read: async () => starter },
}

/** The API's documentation to read and try; it holds no data, so anyone may see it. */
export function addDocsPage(router: Router): void {
  router.get(base, async (ctx: Context) => {
    ctx.set('Content-Security-Policy', policy)
    await render(ctx, docsPage())
  })
  for (const [name, { type, read }] of Object.entries(files)) {
    router.get(`${base}/${name}`, async (ctx: Context) => {
      cacheable(ctx, 'public, max-age=3600')
      ctx.type = type
      ctx.body = await read()
    })
  }
}

const docsPage = () => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Admin API – AutoGPT SSO</title>
    <link rel="icon" type="image/svg+xml" href="${assetUrl('logo.svg')}" />
    <link rel="stylesheet" href="${base}/swagger-ui.css" />
    <script src="${base}/swagger-ui-bundle.js" defer></script>
    <script src="${base}/start.js" defer></script>
  </head>
  <body>
    <main id="docs"><noscript>The document is <a href="/api/admin/openapi.json">openapi.json</a>.</noscript></main>
  </body>
</html>`
