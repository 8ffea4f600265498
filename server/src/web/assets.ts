import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Middleware } from 'koa'
import { cacheable } from './headers.ts'

const sources = {
  'style.css': {
    type: 'text/css; charset=utf-8',
    files: [
      'tokens',
      'base',
      'layout',
      'cards',
      'forms',
      'buttons',
      'parts',
      'tables',
      'consent',
    ].map((part) => `style/${part}.css`),
  },
  'logo.svg': { type: 'image/svg+xml', files: ['logo.svg'] },
  // The browser's own dialog draws no SVG.
  'icon.png': { type: 'image/png', files: ['icon.png'] },
  'fedcm.js': { type: 'text/javascript; charset=utf-8', files: ['fedcm.js'] },
}

/** The files pages need, served at addresses that change with their content. */
export function assets(): Middleware {
  return async (ctx, next) => {
    const name = ctx.path.startsWith('/assets/') ? ctx.path.slice('/assets/'.length) : ''
    const asset = loaded.get(name)
    if (!asset || !['GET', 'HEAD'].includes(ctx.method)) return next()
    const isCurrent = ctx.querystring === `v=${asset.hash}`
    cacheable(ctx, isCurrent ? 'public, max-age=31536000, immutable' : 'public, no-cache')
    ctx.set('Content-Type', asset.type)
    // The dialog of a browser shows it beside the page of another site.
    if (name === 'icon.png') ctx.set('Cross-Origin-Resource-Policy', 'cross-origin')
    ctx.etag = asset.hash
    ctx.status = 200
    if (ctx.fresh) ctx.status = 304
    else ctx.body = asset.bytes
  }
}

/** The address of an asset as pages write it. */
export function assetUrl(name: keyof typeof sources): string {
  return `/assets/${name}?v=${loaded.get(name)?.hash}`
}

const load = ({ type, files }: { type: string; files: string[] }) => {
  const bytes = Buffer.concat(
    files.map((file) => readFileSync(new URL(`./assets/${file}`, import.meta.url))),
  )
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 16)
  return { type, bytes, hash }
}

const loaded = new Map(Object.entries(sources).map(([name, source]) => [name, load(source)]))
