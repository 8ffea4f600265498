import { button } from '#web/fields.ts'
import { form } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { page } from '#web/page.ts'

interface App {
  id: string
  client_id: string
  name: string
  type: string
  is_active: boolean
  approved: boolean
}

export interface AppsPage {
  locale: Locale
  csrf: string
  signedInAs: string
  apps: App[]
  /** Whether newer ones stand on a page before. */
  isFirst: boolean
  nextCursor: string | null
}

/** All apps with a switch each. */
export function appsPage(data: AppsPage): Html {
  const { locale, apps, isFirst, nextCursor, signedInAs } = data
  const words = locale.messages.admin
  const main = html`<div class="toolbar">
<div><h1>${words.apps}</h1><p class="lead">${words.appsLead}</p></div>
<a class="button primary" href="/admin/apps/new">${words.newApp}</a>
</div>
${apps.length > 0 ? table(data) : html`<p class="empty">${words.noApps}</p>`}
<div class="toolbar">${isFirst ? '' : html`<a href="/admin">${words.firstPage}</a>`}
${nextCursor && html`<a rel="next" href="/admin?cursor=${nextCursor}">${words.nextPage}</a>`}
<a href="/api/admin/docs">${words.apiDocs}</a></div>`
  return page({ locale, title: `${words.apps} – ${words.title}`, main, signedInAs, narrow: false })
}

const table = ({ locale, apps, csrf }: AppsPage) => {
  const { columns, apps: title } = locale.messages.admin
  // A region that scrolls sideways on a phone must be reachable by keyboard (WCAG 2.1.1).
  return html`<div class="table-scroll" role="region" aria-label="${title}" tabindex="0"><table>
<thead><tr>${Object.values(columns).map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${apps.map((app) => row(app, csrf, locale))}</tbody>
</table></div>`
}

const row = (app: App, csrf: string, { messages: { admin: words } }: Locale) => html`<tr>
<th scope="row"><bdi>${app.name}</bdi></th>
<td><code>${app.client_id}</code></td>
<td>${app.type}</td>
<td>${status(app, words)}</td>
<td>${form({
  action: `/admin/apps/${app.id}/status`,
  csrf,
  label: app.is_active ? words.disableApp(app.name) : words.enableApp(app.name),
  children: button({
    label: app.is_active ? words.disable : words.enable,
    name: 'is_active',
    value: String(!app.is_active),
    kind: 'secondary',
  }),
})}</td>
</tr>`

const status = (app: App, words: Locale['messages']['admin']) =>
  html`${
    app.is_active
      ? html`<span class="badge success">${words.active}</span>`
      : html`<span class="badge danger">${words.disabled}</span>`
  }${app.approved ? '' : html` <span class="badge warning">${words.notApproved}</span>`}`
