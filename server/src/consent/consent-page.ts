import { button } from '#web/fields.ts'
import { form } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale, Messages } from '#web/locale.ts'
import { page } from '#web/page.ts'
import { plainText } from '#web/plain-text.ts'
import { type ConsentClient, clientHeader, policyLinks } from './consent-client.ts'
import { type ScopeGroup, scopeGroups } from './consent-scopes.ts'

export interface ConsentPage {
  locale: Locale
  csrf: string
  /** Where the decision is posted, and where "use another account" is. */
  action: string
  switchAction: string
  client: ConsentClient
  account: { email: string; name: string }
  /** Who you are is asked for: one line, never a choice. */
  identity: boolean
  /** What the yes itself grants, identity among it; comes back with the answer. */
  whole: string[]
  groups: ScopeGroup[]
  /** How many scopes were allowed before and are not asked again. */
  alreadyGranted?: number
}

/** Who asks, who you are, what it may do, and two answers that are equally easy. */
export function consentPage(data: ConsentPage): Html {
  const { locale, csrf, client } = data
  const asks = asksFor(data)
  const main = html`${form({ action: data.switchAction, csrf, id: switchForm })}
${form({ action: data.action, csrf, className: 'consent', children: question(data, asks) })}`
  return page({ locale, title: `${plainText(client.name)} ${asks}`, main })
}

// One form must not stand in another: the button inside the question names this one.
const switchForm = 'switch-account'

const asksFor = ({ locale, groups }: ConsentPage) => {
  const { asksForAccess, asksToSignIn } = locale.messages.consent
  return groups.length > 0 ? asksForAccess : asksToSignIn
}

// The answers stand in one box with all they answer, so that they can stick to the window's edge.
// Deny comes first: Enter on a checkbox presses a form's first button, and must allow nothing.
const question = (data: ConsentPage, asks: string) => {
  const words = data.locale.messages.consent
  return html`<input type="hidden" name="shown" value="${data.whole.join(' ')}">
${clientHeader(data.client, asks, words)}
${accountRow(data)}
${data.client.approved ? '' : warning(words)}
${scopeGroups(data, words)}
<div class="fine-print">
${data.alreadyGranted ? html`<p>${words.alreadyGranted(data.alreadyGranted)}</p>` : ''}
<p>${words.lasts}</p>
${policyLinks(data.client, words)}
</div>
<div class="action-bar">
${button({ label: words.deny, name: 'decision', value: 'deny', kind: 'secondary' })}
${button({ label: words.approve, name: 'decision', value: 'approve' })}
</div>`
}

const accountRow = ({ locale, account }: ConsentPage) => {
  const words = locale.messages.consent
  const name = plainText(account.name)
  return html`<section class="account-row" aria-label="${words.yourAccount}">
<p>${name ? html`<strong><bdi>${name}</bdi></strong> <bdi class="muted">${account.email}</bdi>` : html`<strong><bdi>${account.email}</bdi></strong>`}</p>
<p><span class="muted">${words.notYou}</span> ${button({ label: words.switchAccount, kind: 'link', form: switchForm })}</p>
</section>`
}

const warning = (words: Messages['consent']) => html`<div class="notice warning">
<p><strong>${words.notApprovedTitle}</strong> ${words.notApproved}</p>
</div>`
