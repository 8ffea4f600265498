import assert from 'node:assert/strict'
import { Visitor } from '../../server/test/visitor.ts'
import type { Block } from './markdown.ts'
import { Shell } from './shell.ts'

interface ReaderOptions {
  /** The server that stands in for http://localhost:4000. */
  url: string
  cwd: string
  env: Record<string, string>
  person: { email: string; password: string }
}

/** Somebody who works through a document: pastes each block, signs in where it says so. */
export class Reader {
  readonly #options: ReaderOptions
  readonly #shell: Shell
  readonly #browser: Visitor
  #printed = ''

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#shell = new Shell(options)
    this.#browser = new Visitor(options.url)
  }

  async paste({ text }: Block): Promise<void> {
    const { url } = this.#options
    const code = text.includes('PASTE_THE_CODE') ? await this.#signIn() : ''
    const block = text.replaceAll('http://localhost:4000', url).replaceAll('PASTE_THE_CODE', code)
    this.#printed = await this.#shell.run(block)
  }

  /** What was just printed has the members that the document shows, no more and no fewer. */
  compare({ document, line, text }: Block): void {
    const shown = shapeOf(JSON.parse(text))
    assert.deepEqual(shapeOf(JSON.parse(this.#printed)), shown, `${document}:${line}`)
  }

  close(): void {
    this.#shell.close()
  }

  /** Opens the address that was just printed, and copies the code out of the one it ends at. */
  async #signIn(): Promise<string> {
    const { email, password } = this.#options.person
    let page = await this.#browser.go(this.#printed)
    if (page.html.querySelector('[name="password"]')) {
      page = await this.#browser.submit(page, { email, password })
    }
    page = await this.#browser.submit(page, { decision: 'approve' })
    return new URL(page.url).searchParams.get('code') ?? assert.fail(`no code at ${page.url}`)
  }
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeOf(part)]))
}
