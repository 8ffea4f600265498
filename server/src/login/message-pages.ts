import { type Html, html } from '#web/html.ts'
import { page } from '#web/page.ts'
import type { Place } from './place.ts'

interface Message {
  title: string
  lead: string
  ways?: { href: string; label: string }[]
}

/** A link or code that cannot be used any more, and where to go instead. */
export function endedPage(place: Place): Html {
  const words = place.locale.messages.login.ended
  const ways = [
    { href: `${place.base}/login`, label: words.signIn },
    { href: `${place.base}/forgot-password`, label: words.forgot },
    { href: `${place.base}/signup`, label: words.signUp },
  ]
  return messagePage(place, { ...words, ways })
}

/** The link was used away from the tab that waits for it. */
export function confirmedPage(place: Place): Html {
  const { confirm, checkMail } = place.locale.messages.login
  return messagePage(place, { title: confirm.doneTitle, lead: confirm.doneLead(checkMail.opened) })
}

/** Only the mailbox's owner comes here: a right code or link led to it (A104). */
export function takenPage(place: Place): Html {
  const { confirm, ended } = place.locale.messages.login
  const ways = [{ href: `${place.base}/login`, label: ended.signIn }]
  return messagePage(place, { title: confirm.takenTitle, lead: confirm.takenLead, ways })
}

export function passwordSavedPage(place: Place): Html {
  const { choosePassword, ended } = place.locale.messages.login
  const { doneTitle: title, doneLead: lead } = choosePassword
  return messagePage(place, { title, lead, ways: [{ href: '/login', label: ended.signIn }] })
}

const messagePage = (place: Place, { title, lead, ways = [] }: Message) => {
  const [first, ...others] = ways
  const main = html`<h1>${title}</h1>
<p class="lead">${lead}</p>
${first && html`<p class="actions"><a class="button" href="${first.href}">${first.label}</a></p>`}
${others.map(({ href, label }) => html`<p class="aside"><a href="${href}">${label}</a></p>`)}`
  return page({ locale: place.locale, title, main })
}
