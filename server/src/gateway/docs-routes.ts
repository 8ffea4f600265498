import { createHash } from 'node:crypto'
import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { cacheable } from '#web/headers.ts'
import { networkOf } from '#web/network.ts'
import { swaggerUi } from '#web/swagger-ui.ts'
import { type Version, versions } from './documents.ts'
import { answerError, asApiError } from './errors.ts'
import { limitHeaders, rules, type TakeCall } from './limits.ts'
import { publishedDocument } from './published-document.ts'

const base = '/external-api/docs'
export const docsRedirectPath = `${base}/oauth2-redirect`

interface DocsParts {
  issuer: string
  /** The public client that "Authorize" signs in with. */
  clientId: string
  /** What developers read of each scope. */
  scopes: Record<string, string>
  takeCall: TakeCall | undefined
}

/** The documents for programs and, in Swagger UI, for people (contract, section 2). */
export function apiDocsRoutes({ issuer, clientId, scopes, takeCall }: DocsParts): Router {
  const router = new Router()
  const limited = readLimit(takeCall, issuer)
  const ui = swaggerUi(router, base)

  const show = (path: string, version: Version) =>
    router.get(path, limited, (ctx: Context) => {
      // Calls and the sign-in go to the issuer, which is another origin for a browser elsewhere.
      if (ctx.state.sentHost !== new URL(issuer).host) return ctx.redirect(issuer + path)
      ui.show(ctx, {
        title: `External API ${version}`,
        document: documentPath(version),
        links: links(path),
        signIn: { clientId, redirectUri: issuer + docsRedirectPath, scopes: 'IDENTITY' },
      })
    })

  for (const version of versions) {
    serveDocument(
      router,
      limited,
      documentPath(version),
      publishedDocument(version, { issuer, scopes }),
    )
    show(docsPath(version), version)
  }
  // New integrations should use v2 (External API Guide).
  show(base, 'v2')
  router.get(docsRedirectPath, limited, (ctx: Context) => ui.comeBack(ctx))
  return router
}

const documentPath = (version: Version) => `/external-api/${version}/openapi.json`
const docsPath = (version: Version) => `/external-api/${version}/docs`

const links = (path: string) =>
  versions.toReversed().flatMap((version) => [
    {
      href: docsPath(version),
      text: `API ${version}`,
      isThis: path === docsPath(version) || (path === base && version === 'v2'),
    },
    { href: documentPath(version), text: `${version}/openapi.json`, isThis: false },
  ])

function serveDocument(router: Router, limited: Middleware, path: string, document: object): void {
  const text = JSON.stringify(document)
  const etag = createHash('sha256').update(text).digest('base64url').slice(0, 16)
  router.get(path, limited, (ctx: Context) => {
    cacheable(ctx, 'public, max-age=300')
    // Public words, read by tools in browsers on any site.
    ctx.set('Access-Control-Allow-Origin', '*')
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin')
    ctx.type = 'json'
    ctx.etag = etag
    ctx.status = 200
    if (ctx.fresh) ctx.status = 304
    else ctx.body = text
  })
}

/** Reads without a credential count by address (external-api.md 6). */
function readLimit(takeCall: TakeCall | undefined, issuer: string): Middleware {
  return async (ctx, next) => {
    try {
      if (takeCall) ctx.set(limitHeaders(await takeCall(rules.docs, networkOf(ctx.ip))))
    } catch (caught) {
      return answerError(ctx, asApiError(caught), { version: 'v2', issuer })
    }
    await next()
  }
}
