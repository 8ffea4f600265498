import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { localeByTag } from '#web/locale.ts'
import { versions } from '../src/gateway/documents.ts'
import { operations as all, type Operation } from '../src/gateway/operations.ts'
import { platformScopeNames } from '../src/provider/scopes.ts'
import { apiKeyFor, requestFor, wordsOf } from './gateway.ts'
import { authorizePath, password, type TestClient } from './harness.ts'
import { send, sharedServer } from './requests.ts'
import type { Visitor } from './visitor.ts'

/*
 * One table of scopes (provider/scopes.ts). For each operation: what is refused without, what the
 * published document says and what people read of it on both pages are the same.
 */

// The MCP server asks for scopes by its tools, not by its address: gateway-mcp.test.ts.
const operations = all.filter(({ described }) => !described['x-mcp'])

const server = await sharedServer()
const user = await server.user()
const languages = ['en', 'de'] as const
type Language = (typeof languages)[number]

interface Published {
  security: Record<string, string[]>[]
}
const published = new Map<string, Record<string, Record<string, Published>>>()
const visitors = new Map<Language, Visitor>()
/** Of the API key page: the sentence of each scope. */
const keyPageWords = new Map<Language, Map<string, string>>()
let client: TestClient

before(async () => {
  for (const version of versions) {
    const { body } = await send(server, `/external-api/${version}/openapi.json`)
    published.set(version, body.paths)
  }
  const scopes = [...platformScopeNames]
  // With a box each, so that the page says which sentence is which scope's.
  client = await server.client({ scopes, optionalScopes: scopes })
  for (const language of languages) {
    const visitor = server.visitor({ 'accept-language': language })
    await visitor.submit(await visitor.go('/login'), { email: user.email, password })
    visitors.set(language, visitor)
    const { html } = await visitor.go('/account/api-keys')
    const boxes = html.querySelectorAll('form[action="/account/api-keys"] li.choice')
    keyPageWords.set(
      language,
      new Map(
        boxes.map((line) => {
          const scope = line.querySelector('input')?.getAttribute('value') ?? ''
          return [scope, sentenceOf(line.querySelector('label')?.innerHTML ?? '')]
        }),
      ),
    )
  }
})

/** Without the scope's name and the badges behind it. */
const sentenceOf = (label: string) =>
  label
    .replace(/ <(code|span)[\s\S]*$/, '')
    .replaceAll('&#39;', '’')
    .trim()

/** What the consent page says of these scopes: a sentence for each that has a box. */
async function consentWords(language: Language, scopes: string[]) {
  const visitor = visitors.get(language)
  assert.ok(visitor)
  const page = await visitor.go(authorizePath(client, { scope: scopes.join(' ') }))
  const lines = page.html.querySelectorAll('li.scope')
  return new Map(
    lines.map((line) => {
      const scope = line.querySelector('input')?.getAttribute('value') ?? 'IDENTITY'
      const words = line.querySelector('label') ?? line.querySelector('span')
      return [scope, sentenceOf(words?.innerHTML ?? '')]
    }),
  )
}

/** What a call is refused without: the words of the refusal to a key that has none of it. */
async function enforced(operation: Operation): Promise<string[]> {
  const { path, init } = requestFor(operation)
  const other = platformScopeNames.find((scope) => !operation.scopes.includes(scope)) ?? 'IDENTITY'
  const { key } = await apiKeyFor(server, user, [other])
  const headers = { ...(init.headers as object), 'x-api-key': key }
  const { status, body } = await send(server, path, { ...init, headers })
  if (status < 300) return []
  assert.equal(status, 403)
  const [, names = ''] =
    /^Missing required permission\(s\): (.*)$/.exec(wordsOf(operation.version, body) ?? '') ?? []
  return names.split(', ')
}

for (const operation of operations) {
  const { version, method, path } = operation

  test(`${version} ${method.toUpperCase()} ${path}: gateway, document and pages mean the same`, async () => {
    const described = published.get(version)?.[path]?.[method]
    const scopes = await enforced(operation)

    assert.ok(described && described.security.length > 0)
    for (const alternative of described.security) {
      assert.deepEqual(Object.values(alternative), [scopes])
    }
    for (const scope of scopes) assert.ok((platformScopeNames as string[]).includes(scope), scope)
    if (scopes.length === 0) return
    for (const language of languages) {
      const { messages } = localeByTag(language)
      const shown = await consentWords(language, scopes)
      assert.deepEqual(new Set(shown.keys()), new Set(scopes))
      for (const [scope, sentence] of shown) {
        const written = messages.scopes[scope as keyof typeof messages.scopes]
        // Who one is has one locked line on the consent page, whatever it is asked by.
        assert.equal(sentence, scope === 'IDENTITY' ? messages.consent.identity : written)
        assert.equal(keyPageWords.get(language)?.get(scope), written)
      }
    }
  })
}

test('no two scopes are called the same, and each has words of its own in both languages', () => {
  for (const language of languages) {
    const words = [...(keyPageWords.get(language)?.values() ?? [])]
    assert.equal(words.length, platformScopeNames.length)
    assert.equal(new Set(words).size, words.length)
  }
  for (const scope of platformScopeNames) {
    assert.notEqual(keyPageWords.get('en')?.get(scope), keyPageWords.get('de')?.get(scope))
  }
})
