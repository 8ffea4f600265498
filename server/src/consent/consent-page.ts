import { button } from '#web/fields.ts'
import { form } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { page } from '#web/page.ts'
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
  groups: ScopeGroup[]
  /** How many scopes were allowed before and are not asked again. */
  alreadyGranted?: number
}

/** Who asks, who you are, what it may do, and two answers that are equally easy. */
export function consentPage(data: ConsentPage): Html {
  const { locale, client } = data
  const words = locale.messages.consent
  const asks = data.groups.length > 0 ? words.asksForAccess : words.asksToSignIn
  const main = html`<div class="consent">
${clientHeader(client, asks, words)}
${accountRow(data)}
${client.approved ? '' : html`<div class="notice warning"><p><strong>${words.notApprovedTitle}</strong> ${words.notApproved}</p></div>`}
${form({ action: data.action, csrf: data.csrf, className: 'decision', children: decision(data) })}
</div>`
  return page({ locale, title: `${client.name} ${asks}`, main })
}

const accountRow = ({ locale, csrf, switchAction, account }: ConsentPage) => {
  const words = locale.messages.consent
  const switchForm = html`<span class="muted">${words.notYou}</span>
${button({ label: words.switchAccount, kind: 'link' })}`
  return html`<section class="account-row" aria-label="${words.yourAccount}">
<p><strong><bdi>${account.name || account.email}</bdi></strong>${account.name && html` <bdi class="muted">${account.email}</bdi>`}</p>
${form({ action: switchAction, csrf, children: switchForm })}
</section>`
}

// Deny comes first: Enter on a checkbox presses a form's first button, and must allow nothing.
const decision = (data: ConsentPage) => {
  const words = data.locale.messages.consent
  return html`${scopeGroups(data, words)}
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
