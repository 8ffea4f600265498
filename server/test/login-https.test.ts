import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse } from 'node-html-parser'
import { password, startServer } from './harness.ts'
import { Inbox } from './inbox.ts'

const issuer = 'https://sso.example'
const forwarded = { 'x-forwarded-host': 'sso.example', 'x-forwarded-proto': 'https' }

/** A browser at a public issuer behind a proxy that ends TLS. */
async function setUp(t: TestContext) {
  const server = await startServer(t, { ISSUER: issuer, TRUST_PROXY: '1', RATE_LIMITS: 'on' })
  const user = await server.user()
  const cookies = new Map<string, string>()
  const set: string[] = []
  const fetchPage = async (path: string, fields?: Record<string, string>, headers = {}) => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(server.url + path, {
      headers: { ...forwarded, cookie, origin: issuer, ...headers },
      redirect: 'manual',
      ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
      set.push(line)
    }
    return response
  }
  const submit = async (path: string, fields: Record<string, string>) => {
    const html = parse(await (await fetchPage(path)).text())
    const _csrf = html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? ''
    return fetchPage(path, { ...fields, _csrf })
  }
  return { server, user, set, submit, fetchPage }
}

// A106
test('every cookie of ours is Secure, HttpOnly, SameSite and bound to this host', async (t) => {
  const { user, set, submit } = await setUp(t)

  await submit('/signup', {
    email: 'ada@example.com',
    password: 'a quiet meadow at noon',
    name: '',
  })
  const signedIn = await submit('/login', { email: user.email, password })

  assert.equal(signedIn.headers.get('location'), '/account')
  const names = new Set(set.map((line) => line.split('=')[0]?.replace('.sig', '')))
  for (const name of [
    '__Host-agpt_csrf',
    '__Host-agpt_browser',
    '__Host-agpt_device',
    '__Host-agpt_fedcm',
    '__Host-agpt_session',
  ]) {
    assert.ok(names.has(name), name)
  }
  for (const line of set) {
    assert.match(line, /; path=\/;/i)
    assert.match(line, /; secure/i)
    assert.match(line, /; httponly/i)
    // FedCM's has to cross sites, and is worthless elsewhere (decision 0020).
    const site = line.startsWith('__Host-agpt_fedcm=') ? 'none' : 'lax'
    assert.match(line, new RegExp(`; samesite=${site}`, 'i'))
    assert.doesNotMatch(line, /domain=/i)
  }
})

// A109
test('links in mails name the issuer, also when the host header names another', async (t) => {
  const { server, user, submit, fetchPage } = await setUp(t)

  const foreign = await fetchPage('/forgot-password', undefined, {
    'x-forwarded-host': 'evil.example',
  })
  await submit('/forgot-password', { email: user.email })

  assert.equal(foreign.status, 421)
  const { text } = await new Inbox(server, user.email).next()
  assert.match(text, /^https:\/\/sso\.example\/reset\?t=[\w-]{43}$/m)
})

test('at a public address no page shows a mail or links to it', async (t) => {
  const { server, user, submit, fetchPage } = await setUp(t)

  const asked = await submit('/forgot-password', { email: user.email })
  await new Inbox(server, user.email).next()

  assert.match(asked.headers.get('location') ?? '', /^\/check-mail\/[\da-f-]{36}$/)
  const [name = ''] = await readdir(join(server.dataDir, 'outbox'))
  assert.equal((await fetchPage(`/outbox/${name.replace('.eml', '')}`)).status, 404)
})
