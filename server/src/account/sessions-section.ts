import type { Device } from '#db/session-devices.ts'
import { button } from '#web/fields.ts'
import { form } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { day } from '#web/moment.ts'
import { deviceName } from './device-name.ts'

export interface SessionsSection {
  locale: Locale
  csrf: string
  timezone: string
  devices: Device[]
  /** The session in which the page is shown. */
  ownUid: string | undefined
}

/** Where the person is signed in, and the way out of each. */
export function sessionsSection(data: SessionsSection): Html {
  const { locale, csrf, devices } = data
  const words = locale.messages.account.sessions
  const elsewhere = button({ label: words.button, kind: 'secondary' })
  const here = button({ label: words.signOut, kind: 'secondary' })
  return html`<section class="card"><h2>${words.title}</h2>
<p>${words.lead}</p>
<ul class="sessions">
${devices.map((device) => row(data, device))}
</ul>
<div class="actions">
${form({ action: '/account/sessions', csrf, label: words.button, children: elsewhere })}
${form({ action: '/logout', csrf, label: words.signOut, children: here })}
</div>
</section>`
}

const row = ({ locale, csrf, timezone, ownUid }: SessionsSection, device: Device) => {
  const words = locale.messages.account.sessions
  const name = deviceName(device.userAgent) ?? words.unknownDevice
  const when = html`${words.since} ${day(device.signedInAt, locale, timezone)}`
  const label = html`${words.end}<span class="visually-hidden"> – ${name}</span>`
  const children = html`<input type="hidden" name="session" value="${device.uid}">
${button({ label, kind: 'secondary' })}`
  return html`<li class="session">
<div><strong>${name}</strong>${device.uid === ownUid && html` <span class="badge success">${words.here}</span>`}
<p class="hint">${when}${device.ip && html` · ${device.ip}`}</p></div>
${device.uid !== ownUid && form({ action: '/account/sessions', csrf, label: `${words.end} – ${name}`, children })}
</li>`
}
