import { button } from './fields.ts'
import { type Html, html } from './html.ts'
import type { Locale } from './locale.ts'
import { page } from './page.ts'

export interface LogoutPage {
  locale: Locale
  action: string
  /** Where the person goes who stays: not to the client, which would take it for a sign-out. */
  stayed: string
  /** The provider's own token against forged sign-outs; its endpoint checks it, csrf() does not. */
  xsrf: string
  email?: string | undefined
  /** The client that sent the person here. */
  clientName?: string | undefined
}

/** Asks before the session ends (RP-Initiated Logout 2): anybody can link to the endpoint. */
export function logoutPage({ locale, action, stayed, xsrf, email, clientName }: LogoutPage): Html {
  const { logout } = locale.messages.common
  const main = html`<h1>${logout.title}</h1>
${clientName && html`<p class="lead">${logout.fromApp(clientName)}</p>`}
<p>${email && logout.lead(email)} ${logout.scope}</p>
<form method="post" action="${action}">
<input type="hidden" name="xsrf" value="${xsrf}">
<div class="actions">
${button({ label: logout.confirm, name: 'logout', value: 'yes' })}
<a class="button secondary" href="${stayed}">${logout.stay}</a>
</div>
</form>`
  return page({ locale, title: logout.title, main })
}

/** The end of a sign-out without an address to return to; also shown when the person stayed. */
export function loggedOutPage(options: { locale: Locale; stillSignedIn?: boolean }): Html {
  const { locale, stillSignedIn = false } = options
  const { logout } = locale.messages.common
  const words = stillSignedIn
    ? { title: logout.stayedTitle, lead: logout.stayedLead, href: '/account', go: logout.toAccount }
    : { title: logout.doneTitle, lead: logout.doneLead, href: '/login', go: logout.signInAgain }
  const main = html`<h1>${words.title}</h1>
<p class="lead">${words.lead}</p>
<p class="actions"><a class="button secondary" href="${words.href}">${words.go}</a></p>`
  return page({ locale, title: words.title, main })
}
