import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Middleware } from 'koa'
import { cacheable } from './headers.ts'

const types = { 'style.css': 'text/css; charset=utf-8', 'logo.svg': 'image/svg+xml' } as const

type AssetName = keyof typeof types

/** The files pages need, served at addresses that change with their content. */
export function assets(): Middleware {
  return async (ctx, next) => {
    const name = ctx.path.startsWith('/assets/') ? ctx.path.slice('/assets/'.length) : ''
    const asset = loaded.get(name)
    if (!asset || !['GET', 'HEAD'].includes(ctx.method)) return next()
    const isCurrent = ctx.querystring === `v=${asset.hash}`
    cacheable(ctx, isCurrent ? 'public, max-age=31536000, immutable' : 'public, no-cache')
    ctx.set('Content-Type', asset.type)
    ctx.etag = asset.hash
    ctx.status = 200
    if (ctx.fresh) ctx.status = 304
    else ctx.body = asset.bytes
  }
}

/** The address of an asset as pages write it. */
export function assetUrl(name: AssetName): string {
  return `/assets/${name}?v=${loaded.get(name)?.hash}`
}

const load = (name: string, type: string) => {
  const bytes = readFileSync(new URL(`./assets/${name}`, import.meta.url))
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 16)
  return { bytes, hash, type }
}

const loaded = new Map(Object.entries(types).map(([name, type]) => [name, load(name, type)]))
