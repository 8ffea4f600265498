import { button } from '#web/fields.ts'
import { form } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { page } from '#web/page.ts'

interface RefusedPage {
  locale: Locale
  csrf: string
  email: string
  /** What the addresses of a sign-in begin with that comes back here. */
  base: string
}

/** For somebody signed in who is no administrator: who that is, and the two ways on. */
export function refusedPage({ locale, csrf, email, base }: RefusedPage): Html {
  const { refused } = locale.messages.admin
  const children = html`<div class="actions">
<a class="button primary" href="/account">${refused.account}</a>
${button({ label: refused.another, kind: 'secondary' })}
</div>`
  const main = html`<h1>${refused.title}</h1>
<p class="lead"><bdi>${refused.lead(email)}</bdi></p>
${form({ action: `${base}/use-another-account`, csrf, children })}`
  return page({ locale, title: refused.title, main })
}
