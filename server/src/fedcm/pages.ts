import type { Context } from 'koa'
import { assetUrl } from '#web/assets.ts'
import { button } from '#web/fields.ts'
import { form } from '#web/form.ts'
import { type Html, html, render } from '#web/html.ts'
import { localeOf } from '#web/locale.ts'
import { page } from '#web/page.ts'

/** Scripts of our own files only, for the few pages that talk to the browser. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const view = (locale: ReturnType<typeof localeOf>, answer: string): Html => {
  const words = locale.messages.login.fedcm
  const main = html`<h1>${words.title}</h1>
<p>${words.lead}</p>
<script src="${assetUrl('fedcm.js')}" data-answer="${answer}" async></script>`
  return page({ locale, title: words.title, main })
}

/** Signed in, in the window that the browser opened for it: it closes itself. */
export function signedInPage(ctx: Context): void {
  ctx.set('Content-Security-Policy', policy)
  render(ctx, view(localeOf(ctx), ''))
}

/** Two ways on for somebody whom the browser's dialog had on its list already. */
export function whomPage(ctx: Context, { email, query }: { email: string; query: string }): void {
  const locale = localeOf(ctx)
  const words = locale.messages.login.fedcm
  const another = button({ label: words.another, kind: 'secondary' })
  const main = html`<h1>${words.whom}</h1>
<p><bdi>${words.as(email)}</bdi></p>
<p class="actions"><a class="button primary" href="/fedcm/signed-in">${words.goOn}</a></p>
${form({ action: `/fedcm/use-another-account${query}`, csrf: String(ctx.state.csrf), children: another })}`
  render(ctx, page({ locale, title: words.whom, main }))
}

/** The answer to an app, for the browser that waits for it. */
export function answerPage(ctx: Context, answer: object): string {
  ctx.set('Content-Security-Policy', policy)
  return String(view(localeOf(ctx), JSON.stringify(answer)))
}
