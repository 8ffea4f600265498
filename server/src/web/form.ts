import { type Html, html } from './html.ts'
import type { Locale } from './locale.ts'

interface Form {
  action: string
  csrf: string
  children?: Html | Html[]
  /** Names the form for assistive technology where a page has several. */
  label?: string
  className?: string
  id?: string
}

/** A form that posts to our own pages and carries the token csrf() asks for. */
export function form({ action, csrf, children, label, className, id }: Form): Html {
  return html`<form method="post" action="${action}"${id && html` id="${id}"`}${className && html` class="${className}"`}${label && html` aria-label="${label}"`}>
<input type="hidden" name="_csrf" value="${csrf}">
${children}
</form>`
}

interface FieldMessage {
  /** The field's name; empty for what belongs to no field. */
  field: string
  message: string
}

/** What is wrong with a form, first on the page, each line leading to its field. */
export function errorSummary(locale: Locale, errors: FieldMessage[]): Html {
  if (errors.length === 0) return html``
  return html`<div class="notice danger" role="alert" aria-labelledby="error-summary-title">
<h2 id="error-summary-title">${locale.messages.common.fixTheseFirst}</h2>
<ul>${errors.map(({ field, message }) => html`<li>${field ? html`<a href="#${field}">${message}</a>` : message}</li>`)}</ul>
</div>`
}

interface Notice {
  kind: 'info' | 'success' | 'warning'
  children: Html | string
}

/** One thing to know before going on. */
export function notice({ kind, children }: Notice): Html {
  return html`<div class="notice ${kind}"${kind === 'success' && html` role="status"`}>${children}</div>`
}
