import type { Context, Middleware } from 'koa'

/**
 * Headers every answer carries, errors included (A95, A186). Nothing is cached unless a route says
 * so with cacheable().
 */
export function securityHeaders({ hsts }: { hsts: boolean }): Middleware {
  return async (ctx, next) => {
    ctx.set(fixedHeaders)
    if (hsts) ctx.set('Strict-Transport-Security', 'max-age=31536000')
    // A relying party's popup passes through here: isolated, it would lose its opener.
    if (!/^\/(auth|fedcm)\//.test(ctx.path)) ctx.set('Cross-Origin-Opener-Policy', 'same-origin')
    await next()
  }
}

/**
 * Lets a form on this page end at the client. Chromium applies form-action to the whole redirect
 * chain, and a callback may redirect on to other hosts of the client, so the scheme is allowed.
 */
export function allowFormAction(ctx: Context, uri: string): void {
  if (!URL.canParse(uri)) return
  const { protocol } = new URL(uri)
  if (/^(javascript|data|blob|about|file):$/.test(protocol)) return
  setPolicy(ctx, protocol === 'http:' ? ['http:', 'https:'] : [protocol])
}

/** Lets an answer be cached, which by default none may be. */
export function cacheable(ctx: Context, control: string): void {
  ctx.set('Cache-Control', control)
  ctx.remove('Pragma')
}

const policyOf = (formActions: string[]) =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data: https:",
    ["form-action 'self'", ...formActions].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const fixedHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': policyOf([]),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  Pragma: 'no-cache',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

const setPolicy = (ctx: Context, formActions: string[]) =>
  ctx.set('Content-Security-Policy', policyOf(formActions))
