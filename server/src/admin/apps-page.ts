import { button } from '#web/fields.ts'
import { form } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { page } from '#web/page.ts'
import { table } from '#web/table.ts'

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
${apps.length > 0 ? appTable(data) : html`<p class="empty">${words.noApps}</p>`}
<div class="toolbar">${isFirst ? '' : html`<a href="/admin">${words.firstPage}</a>`}
${nextCursor && html`<a rel="next" href="/admin?cursor=${nextCursor}">${words.nextPage}</a>`}
<a href="/api/admin/docs">${words.apiDocs}</a></div>`
  return page({ locale, title: `${words.apps} – ${words.title}`, main, signedInAs, narrow: false })
}

type Words = Locale['messages']['admin']

const appTable = ({ locale, apps, csrf }: AppsPage) => {
  const words = locale.messages.admin
  const columns = Object.values(words.columns)
  const rows = apps.map((app) => row(app, csrf, words))
  return table({ label: words.apps, columns, rows })
}

const row = (app: App, csrf: string, words: Words) => [
  html`<bdi>${app.name}</bdi>`,
  html`<code>${app.client_id}</code>`,
  app.type,
  status(app, words),
  form({
    action: `/admin/apps/${app.id}/status`,
    csrf,
    children: button({
      // Heard one by one, a column of equal buttons would not say which is whose.
      label: html`${app.is_active ? words.disable : words.enable}<span class="visually-hidden"> ${app.name}</span>`,
      name: 'is_active',
      value: String(!app.is_active),
      kind: 'secondary',
    }),
  }),
]

const status = (app: App, words: Words) =>
  html`${
    app.is_active
      ? html`<span class="badge success">${words.active}</span>`
      : html`<span class="badge danger">${words.disabled}</span>`
  }${app.approved ? '' : html` <span class="badge warning">${words.notApproved}</span>`}`
