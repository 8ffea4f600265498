import { type HTMLElement, parse } from 'node-html-parser'
import { CookieJar } from 'tough-cookie'

export interface Page {
  url: string
  status: number
  headers: Headers
  text: string
  html: HTMLElement
}

/**
 * A browser without JavaScript: cookies by their rules, forms with their hidden fields as they are,
 * redirects followed as long as they stay at the server.
 */
export class Visitor {
  readonly jar = new CookieJar(undefined, { looseMode: true, rejectPublicSuffixes: false })
  readonly #origin: string
  readonly #headers: Record<string, string>

  constructor(origin: string, headers: Record<string, string> = {}) {
    this.#origin = origin
    this.#headers = headers
  }

  /** One request, its redirect not followed. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path, this.#origin).href
    const headers = new Headers({ accept: 'text/html', ...this.#headers })
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const cookie = await this.jar.getCookieString(url)
    if (cookie) headers.set('cookie', cookie)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) await this.jar.setCookie(line, url)
    return response
  }

  /** Follows redirects; one that leaves the server is the last page, with its address. */
  async go(path: string, init: RequestInit = {}): Promise<Page> {
    let url = new URL(path, this.#origin).href
    let response = await this.fetch(url, init)
    for (let hops = 0; hops < 12; hops++) {
      const location = response.headers.get('location')
      if (!location) break
      url = new URL(location, url).href
      if (new URL(url).origin !== this.#origin) {
        await response.body?.cancel()
        return {
          url,
          status: response.status,
          headers: response.headers,
          text: '',
          html: parse(''),
        }
      }
      response = await this.fetch(url)
    }
    const text = await response.text()
    return { url, status: response.status, headers: response.headers, text, html: parse(text) }
  }

  /** Fills in and sends a form of the page: the one that has the named fields, or a given one. */
  async submit(
    page: Page,
    fields: Record<string, string | string[]>,
    { form }: { form?: string } = {},
  ): Promise<Page> {
    const element = form ? page.html.querySelector(form) : formWith(page, Object.keys(fields))
    if (!element)
      throw new Error(`no such form at ${page.url} (${page.status}): ${page.text.slice(0, 2000)}`)
    const body = new URLSearchParams()
    for (const input of element.querySelectorAll('input,select,textarea')) {
      const name = input.getAttribute('name')
      if (!name || name in fields) continue
      const type = input.getAttribute('type')
      if (type === 'checkbox' && input.getAttribute('checked') === undefined) continue
      if (type === 'submit') continue
      const text = input.tagName === 'TEXTAREA' ? input.text.replace(/^\n/, '') : undefined
      body.append(name, text ?? input.getAttribute('value') ?? '')
    }
    for (const [name, value] of Object.entries(fields)) {
      for (const one of [value].flat()) body.append(name, one)
    }
    const action = new URL(element.getAttribute('action') ?? page.url, page.url).href
    return this.go(action, { method: 'POST', body, headers: { origin: this.#origin } })
  }
}

function formWith(page: Page, names: string[]): HTMLElement | undefined {
  return page.html
    .querySelectorAll('form')
    .find((form) => names.every((name) => form.querySelector(`[name="${name}"]`)))
}
