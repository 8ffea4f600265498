import type { Context, Middleware } from 'koa'
import { errors } from 'oidc-provider'
import { readJson } from '#web/body.ts'
import { notesOf } from './request-notes.ts'
import { routes } from './routes.ts'

const speakJson = new Set<string>([routes.token, routes.introspection, routes.revocation])

/**
 * Apps written for AutoGPT post JSON with the names of the RFC. The library reads forms, and takes
 * a body that is already parsed; what it gets is as flat as a form would be.
 */
export function jsonDialect(): Middleware {
  return async (ctx, next) => {
    if (ctx.method === 'POST' && speakJson.has(ctx.path) && isJson(ctx)) {
      notesOf(ctx).json = true
      const form = await readForm(ctx)
      if (!form) return
      Object.assign(ctx.req, { body: form })
      ctx.req.headers['content-type'] = 'application/x-www-form-urlencoded'
    }
    await next()
  }
}

/** Most requests are forms, which a look at the header tells; only the library's way is exact. */
const isJson = (ctx: Context) =>
  /json/i.test(ctx.req.headers['content-type'] ?? '') && Boolean(ctx.is('application/json'))

async function readForm(ctx: Context): Promise<Record<string, string> | undefined> {
  try {
    return flatten(await readJson(ctx))
  } catch (error) {
    const protocolError = error instanceof errors.OIDCProviderError
    const status = protocolError ? 400 : statusOf(error)
    const text = String(protocolError ? error.error_description : (error as Error).message)
    ctx.status = status
    ctx.set('Cache-Control', 'no-store')
    ctx.body = { error: 'invalid_request', error_description: text, detail: text }
    return undefined
  }
}

function statusOf(error: unknown): number {
  const status = (error as { status?: unknown }).status
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 400
}

function flatten(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new errors.InvalidRequest('the body must be a JSON object')
  }
  const form: Record<string, string> = {}
  for (const [name, value] of Object.entries(body)) {
    if (value === null || value === undefined) continue
    if (name === 'scopes' && Array.isArray(value)) form.scope ??= value.map(String).join(' ')
    else if (typeof value === 'string') form[name] = value
    else if (name === 'scopes') continue
    else throw new errors.InvalidRequest(`${name} must be a string`)
  }
  return form
}
