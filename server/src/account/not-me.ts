import type { Context } from 'koa'
import { endNoticedConsent, findNotice } from '#db/consent-notices.ts'
import { readForm } from '#web/body.ts'
import { button } from '#web/fields.ts'
import { form } from '#web/form.ts'
import { type Html, html, render } from '#web/html.ts'
import { type Locale, localeOf } from '#web/locale.ts'
import { page } from '#web/page.ts'
import { plainText } from '#web/plain-text.ts'
import { noticeHash } from './notices.ts'
import type { AccountParts } from './parts.ts'

/** From the mail about a new app: looking only shows a button, since mail scanners open links. */
export function showNotMe({ db }: Pick<AccountParts, 'db'>) {
  return async (ctx: Context): Promise<void> => {
    const secret = secretOf(ctx.query.t)
    const notice = await findNotice(db, noticeHash(secret))
    const locale = localeOf(ctx)
    if (!notice) return render(ctx, overPage(locale), 404)
    const csrf = String(ctx.state.csrf)
    render(ctx, questionPage({ locale, csrf, secret, name: plainText(notice.clientName) }))
  }
}

/** Nobody has to be signed in: the link is the proof, and all it can do is to take back. */
export function endNotMine({ db, audit }: Pick<AccountParts, 'db' | 'audit'>) {
  return async (ctx: Context): Promise<void> => {
    const secret = secretOf((await readForm(ctx)).get('t'))
    const locale = localeOf(ctx)
    const ended = await db.transaction(async (tx) => {
      const notice = await endNoticedConsent(tx, noticeHash(secret))
      if (!notice) return undefined
      const { accountId, clientRowId: clientId } = notice
      const who = { actorType: 'user', actorId: accountId, accountId } as const
      await audit(ctx, tx, { kind: 'consent.removed', ...who, clientId, details: { by: 'mail' } })
      return notice
    })
    if (!ended) return render(ctx, overPage(locale), 404)
    render(ctx, endedPage(locale, plainText(ended.clientName)))
  }
}

const secretOf = (value: unknown): string =>
  typeof value === 'string' && /^[\w-]{43}$/.test(value) ? value : ''

interface Question {
  locale: Locale
  csrf: string
  secret: string
  name: string
}

function questionPage({ locale, csrf, secret, name }: Question): Html {
  const words = locale.messages.account.notMe
  const children = html`<input type="hidden" name="t" value="${secret}">
${button({ label: words.button, kind: 'danger' })}`
  const main = html`<h1>${words.title}</h1>
<p>${words.lead(name)}</p>
${form({ action: '/account/apps/not-me', csrf, children })}`
  return page({ locale, title: words.title, main })
}

function endedPage(locale: Locale, name: string): Html {
  const words = locale.messages.account.notMe
  const main = html`<h1>${words.done}</h1>
<p>${words.doneLead(name)}</p>
<p>${words.advice}</p>
<p class="actions"><a class="button primary" href="/forgot-password">${words.choosePassword}</a></p>`
  return page({ locale, title: words.done, main })
}

function overPage(locale: Locale): Html {
  const words = locale.messages.account.notMe
  const main = html`<h1>${words.over}</h1>
<p>${words.overLead}</p>
<p class="actions"><a href="/account/apps">${words.see}</a></p>`
  return page({ locale, title: words.over, main })
}
