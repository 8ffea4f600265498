import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import Koa, { type Context } from 'koa'
import { buttonPage } from './button-page.ts'
import { sourcePage } from './source-page.ts'

interface DemoSite {
  issuer: string
  clientId: string
}

/** A third party's single-page app: static files and its client_id. It shares nothing with the server. */
export function demoSite({ issuer, clientId }: DemoSite): Koa {
  const site = new Koa()
  const headers = headersFor(issuer)
  const headersOfButton = headersForButton(issuer)
  const config = { issuer, client_id: clientId }
  site.use(async (ctx) => {
    ctx.set(headers)
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', 'GET, HEAD')
      ctx.status = 405
    } else if (ctx.path === '/config.json') {
      ctx.set('Cache-Control', 'no-store')
      ctx.body = config
    } else if (ctx.path === '/how-it-works') {
      ctx.type = 'html'
      ctx.body = await sourcePage('sign-in.js', await readFile(own('sign-in.js'), 'utf8'))
    } else if (ctx.path === '/button') {
      ctx.set(headersOfButton)
      ctx.type = 'html'
      ctx.body = await buttonPage({ issuer, clientId })
    } else {
      await sendFile(ctx)
    }
  })
  return site
}

const own = (name: string) => new URL(`public/${name}`, import.meta.url)

const files: Record<string, URL> = {
  '/': own('index.html'),
  '/callback': own('index.html'),
  '/app.js': own('app.js'),
  '/button.js': own('button.js'),
  '/notebook.js': own('notebook.js'),
  '/sign-in.js': own('sign-in.js'),
  '/style.css': own('style.css'),
  '/parts.css': own('parts.css'),
  '/sections.css': own('sections.css'),
  '/button.css': own('button.css'),
  '/notebook.svg': own('notebook.svg'),
  '/autogpt.svg': own('autogpt.svg'),
  '/oauth4webapi.js': new URL(import.meta.resolve('oauth4webapi')),
}

async function sendFile(ctx: Context): Promise<void> {
  const file = Object.hasOwn(files, ctx.path) ? files[ctx.path] : undefined
  if (!file) {
    ctx.status = 404
    return
  }
  ctx.set('Cache-Control', 'no-cache')
  ctx.type = extname(file.pathname)
  ctx.body = await readFile(file)
}

/** The code stands in the callback's address: it must reach no other site, by referrer or by script. */
function headersFor(issuer: string, scripts = "'self'"): Record<string, string> {
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      `script-src ${scripts}`,
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self' ${issuer}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  }
}

/** The one script of another origin; and a window that it opens is seen to close (COOP). */
function headersForButton(issuer: string): Record<string, string> {
  return {
    ...headersFor(issuer, `'self' ${issuer}/widget/`),
    'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
  }
}
