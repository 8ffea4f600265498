import type { App, NewApp, Server } from '../server.ts'
import { type Answer, type Site, startSite } from './site.ts'

export type Attributes = Record<string, string | true>

export interface PageParts {
  /** Elements, or whatever else stands in the body. */
  body?: string
  /** Before the element's script, and after it. */
  first?: string
  last?: string
  headers?: Record<string, string>
  /** Instead of the element's ordinary script. */
  script?: string
}

/** A registered app's site with the button on it: two lines, and one script that listens. */
export interface Shop extends Site {
  app: App
  /** The element, for this shop and its server. */
  button(attributes?: Attributes): string
  /** The address of a page, at / unless another path is given. */
  page(parts: PageParts, path?: string): string
}

/** What RUN_AGENT opens, people may untick. */
export async function openShop(
  server: Server,
  {
    host = 'shop',
    paths = ['/'],
    ...fields
  }: Partial<NewApp> & { host?: string; paths?: string[] } = {},
): Promise<Shop> {
  const site = await startSite(host)
  const app = await server.createApp({
    name: 'Corner Shop',
    redirect_uris: paths.map((path) => site.origin + path),
    scopes: ['IDENTITY', 'READ_LIBRARY', 'RUN_AGENT'],
    optional_scopes: ['RUN_AGENT'],
    ...fields,
  })
  site.serve('/listener.js', { body: listener, type: 'text/javascript' })
  const shop: Shop = {
    ...site,
    app,
    button: (attributes = {}) => {
      const all = { 'client-id': app.client_id, issuer: server.issuer, ...attributes }
      return `<autogpt-signin ${Object.entries(all).map(attribute).join(' ')}></autogpt-signin>`
    },
    page: (parts, path = '/') => site.serve(path, pageOf(server.issuer, parts)),
  }
  return shop
}

const scriptOf = (issuer: string) =>
  `<script type="module" src="${issuer}/widget/v1/autogpt-signin.js"></script>`

function pageOf(issuer: string, parts: PageParts): Answer {
  const { body = '', first = '', last = '', headers = {}, script = scriptOf(issuer) } = parts
  return {
    headers,
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Corner Shop</title>
${first}
<script src="/listener.js"></script>
${script}
${last}
</head>
<body><h1>Corner Shop</h1>
${body}
</body>
</html>`,
  }
}

const attribute = ([name, value]: [string, string | true]) =>
  value === true ? name : `${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`

/** Notes every event of every element, as it came. */
const listener = `'use strict'
window.heard = []
for (const name of ['start', 'success', 'cancel', 'error', 'fallback']) {
  addEventListener('autogpt-signin-' + name, ({ target, detail }) => {
    window.heard.push({ name, id: target.id, detail: { ...detail } })
  })
}`
