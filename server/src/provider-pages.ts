import type { Context } from 'koa'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { DatabaseUnavailable } from '#db/database-errors.ts'
import { markDifferences } from '#web/differences.ts'
import { errorPage } from '#web/error-page.ts'
import { type Html, html, render } from '#web/html.ts'
import { localeOf } from '#web/locale.ts'
import { loggedOutPage, logoutPage } from '#web/logout-page.ts'
import { problemWords } from '#web/problem-words.ts'
import { AnotherDialog } from './provider/fedcm-answers.ts'
import { nearestRedirectUri } from './redirect-uris.ts'

/** The pages that the provider shows by itself: errors that must not redirect, and sign-out. */
export const providerPages = { renderError, logoutSource, postLogoutSuccessSource }

/** Out of a browser a page, else the protocol's JSON; the fields are those of token-errors.ts. */
async function renderError(
  ctx: KoaContextWithOIDC,
  out: { error: string; error_description?: string },
  error: Error,
): Promise<void> {
  const locale = localeOf(koa(ctx), uiLocales(ctx))
  const requestId = String(ctx.res.getHeader('X-Request-Id') ?? '')
  if (error instanceof errors.InvalidRedirectUri) {
    return render(koa(ctx), mismatchPage(ctx, requestId), 400)
  }
  const away = error instanceof DatabaseUnavailable
  if (away) ctx.set('Retry-After', '2')
  const status = away ? 503 : out.error === 'server_error' ? 500 : ctx.status
  const slug = slugOf(error)
  const words = problemWords(locale, { status, ...(slug ? { slug } : {}) })
  const details = slug === 'request-expired' || status >= 500 ? [] : protocolDetails(out)
  await render(koa(ctx), errorPage({ locale, ...words, details, requestId }), status)
}

function slugOf(error: Error): string | undefined {
  if (error instanceof errors.SessionNotFound) return 'request-expired'
  if (error instanceof AnotherDialog) return 'another-dialog'
  return error instanceof errors.InvalidClient ? 'unknown-app' : undefined
}

const protocolDetails = (out: { error: string; error_description?: string }) => [
  { label: 'error', value: out.error },
  ...(out.error_description ? [{ label: 'error_description', value: out.error_description }] : []),
]

/** What was sent, what is registered, and where they part: the commonest error there is. */
function mismatchPage(ctx: KoaContextWithOIDC, requestId: string): Html {
  const locale = localeOf(koa(ctx), uiLocales(ctx))
  const { title, message, hint, ...words } = locale.messages.errors.mismatch
  const params = ctx.oidc.params ?? ctx.oidc.body ?? ctx.query
  const sent = String(params?.redirect_uri ?? '')
  const nearest = nearestRedirectUri(sent, ctx.oidc.client?.redirectUris ?? [])?.uri
  const [here, there] =
    nearest === undefined ? [sent, words.noneRegistered] : markDifferences(sent, nearest)
  const details = [
    { label: words.sent, value: html`<code>${here}</code>` },
    { label: words.nearest, value: html`<code>${there}</code>` },
  ]
  return errorPage({ locale, title, message, details, hint, requestId })
}

async function logoutSource(ctx: KoaContextWithOIDC): Promise<void> {
  const locale = localeOf(koa(ctx), uiLocales(ctx))
  const xsrf = (ctx.oidc.session?.state as { secret?: string } | undefined)?.secret ?? ''
  const clientName = ctx.oidc.client?.clientName
  // Relative: on a loopback issuer the form must go to the host that was asked.
  const [action, stayed] = ['/auth/logout/confirm', '/auth/logout/success']
  await render(koa(ctx), logoutPage({ locale, action, stayed, xsrf, clientName }))
}

async function postLogoutSuccessSource(ctx: KoaContextWithOIDC): Promise<void> {
  const locale = localeOf(koa(ctx), uiLocales(ctx))
  const { accountId } = await ctx.oidc.provider.Session.get(ctx as never)
  await render(koa(ctx), loggedOutPage({ locale, stillSignedIn: accountId !== undefined }))
}

const koa = (ctx: KoaContextWithOIDC) => ctx as unknown as Context

function uiLocales(ctx: KoaContextWithOIDC): string | undefined {
  const value = ctx.oidc?.params?.ui_locales ?? ctx.query?.ui_locales
  return typeof value === 'string' ? value : undefined
}
