import { type Html, html } from './html.ts'
import type { Locale } from './locale.ts'
import { page } from './page.ts'

export interface ErrorPage {
  locale: Locale
  title: string
  message: string
  details?: { label: string; value: string | Html }[]
  hint?: string | undefined
  requestId?: string | undefined
  back?: { href: string; label: string }
}

/** What happened, what to do, and the number under which we find it in the log. */
export function errorPage(options: ErrorPage): Html {
  const { locale, title, message, details = [], hint, requestId } = options
  const { errors } = locale.messages
  const back = options.back ?? { href: '/', label: errors.home }
  const main = html`<h1>${title}</h1>
<p class="lead">${message}</p>
${details.length > 0 && detailList(details)}
${hint && html`<h2>${errors.whatToDo}</h2><p>${hint}</p>`}
<p class="actions"><a class="button secondary" href="${back.href}">${back.label}</a></p>
${requestId && html`<p class="fine-print">${errors.requestId} <code>${requestId}</code></p>`}`
  return page({ locale, title, main })
}

const detailList = (details: { label: string; value: string | Html }[]) => html`<dl class="details">
${details.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
</dl>`
