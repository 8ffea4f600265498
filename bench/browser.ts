import { parse } from 'node-html-parser'
import type { Answer, Connection } from './connection.ts'

export interface Page {
  /** Absolute, as the last redirect said. */
  url: string
  body: string
}

/** Follows redirects, keeps cookies and fills in forms: as little of a browser as a sign-in takes. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #connection: Connection
  readonly #origin: string

  constructor(connection: Connection, origin: string) {
    this.#connection = connection
    this.#origin = origin
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** The first page that is no redirect within the server, or the address outside of it. */
  async go(path: string, form?: URLSearchParams): Promise<Page> {
    let url = new URL(path, this.#origin)
    let answer = await this.#fetch(url, form)
    for (let hops = 0; hops < 12; hops++) {
      const { location } = answer.headers
      if (typeof location !== 'string') break
      url = new URL(location, url)
      if (url.origin !== this.#origin) break
      answer = await this.#fetch(url)
    }
    if (answer.status >= 400) throw new Error(`${answer.status} at ${url.pathname}`)
    return { url: url.href, body: answer.body }
  }

  /** Sends the page's form that has the first of these fields, hidden ones as they are. */
  submit(page: Page, fields: Record<string, string>): Promise<Page> {
    const named = `[name="${Object.keys(fields)[0]}"]`
    const form = parse(page.body)
      .querySelectorAll('form')
      .find((element) => element.querySelector(named))
    if (!form) throw new Error(`no form with ${named} at ${new URL(page.url).pathname}`)
    const body = new URLSearchParams(fields)
    for (const input of form.querySelectorAll('input[type=hidden]')) {
      body.set(input.getAttribute('name') ?? '', input.getAttribute('value') ?? '')
    }
    const action = new URL(form.getAttribute('action') ?? page.url, page.url)
    return this.go(action.pathname + action.search, body)
  }

  async #fetch(url: URL, form?: URLSearchParams): Promise<Answer> {
    const answer = await this.#connection.send({
      method: form ? 'POST' : 'GET',
      path: url.pathname + url.search,
      headers: {
        accept: 'text/html',
        cookie: this.cookieHeader,
        ...(form
          ? { 'content-type': 'application/x-www-form-urlencoded', origin: this.#origin }
          : {}),
      },
      ...(form ? { body: form.toString() } : {}),
    })
    this.#keep([answer.headers['set-cookie'] ?? []].flat())
    return answer
  }

  #keep(lines: string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';')
      const [name = '', ...value] = pair.split('=')
      const expired = attributes.some((attribute) => /^\s*expires=.*\b1970\b/i.test(attribute))
      if (expired) this.cookies.delete(name)
      else this.cookies.set(name, value.join('='))
    }
  }
}
