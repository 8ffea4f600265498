import { html as template } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Context } from 'koa'

/** What a view returns: text that is known to be escaped. */
export type Html = HtmlEscapedString

/** What a view may hold; anything but Html is escaped, and false, null, undefined are left out. */
type Value = Html | string | number | boolean | null | undefined | Value[]

/** A view's notation: a tagged template that escapes every value; there is no way around it. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  // The library answers a promise only where a value is one, which Value rules out.
  return template(strings, ...values) as Html
}

/** Sends a view. */
export function render(ctx: Context, view: Html, status = 200): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.body = String(view)
}
