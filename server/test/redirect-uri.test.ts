import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizePath, callbackParams, exchange, signInAndApprove } from './harness.ts'
import { assertErrorPage, decide, sharedServer, signIn } from './requests.ts'

const server = await sharedServer()

const callback = 'https://a.example/cb'

/** Every address is refused on a page of ours, whatever else the request says. */
async function assertRefused(sent: string[], registered: string[], type: 'web' | 'native' = 'web') {
  const client = await server.client({ redirectUris: registered, type })
  for (const redirect_uri of sent) {
    const page = await server.visitor().go(authorizePath(client, { redirect_uri }))

    assertErrorPage(server, page)
  }
}

async function assertAccepted(sent: string, registered: string, type: 'web' | 'native' | 'spa') {
  const client = await server.client({ redirectUris: [registered], type })
  const user = await server.user()

  const path = authorizePath(client, { redirect_uri: sent })
  const page = await signInAndApprove(server.visitor(), path, user)

  assert.ok(page.url.startsWith(sent), page.url)
  const { code = '' } = callbackParams(page)
  const tokens = await exchange(server, client, code, { redirect_uri: sent })
  assert.equal(tokens.status, 200)
}

const refused: [what: string, sent: string[]][] = [
  // RFC 9700 2.1, RFC 6749 3.1.2.4, A1
  ['an address that is not registered', ['https://evil.test/', 'https://a.example/']],
  // A2
  ['a slash too many', [`${callback}/`]],
  // RFC 9700 2.1, RFC 3986 6.2.1, A3
  ['other letter case', ['https://a.example/CB', 'HTTPS://A.EXAMPLE/cb', 'https://A.example/cb']],
  // A4
  ['an added query', [`${callback}?x=1`, `${callback}?`]],
  // A5
  ['a fragment', [`${callback}#frag`, `${callback}#`]],
  [
    // A6
    'user information',
    [
      'https://a.example@evil.test/cb',
      'https://a.example:pw@evil.test/cb',
      'https://evil.test#@a.example/cb',
      'https://evil.test\\@a.example/cb',
      'https://user@a.example/cb',
    ],
  ],
  [
    // A7
    'a path that walks away',
    [
      `${callback}/../evil`,
      `${callback}/%2e%2e/evil`,
      `${callback}/..%2fevil`,
      `${callback};/../evil`,
      `${callback}%00`,
      `${callback}\0`,
      `${callback}%0d%0aX:1`,
      `${callback}\r\nX: 1`,
      ` ${callback}`,
    ],
  ],
  [
    // A8
    'a host that only looks alike',
    [
      'https://a.example.evil.test/cb',
      'https://evila.example/cb',
      'https://a.example:443/cb',
      'https://a.example:8443/cb',
      'https://a.example./cb',
    ],
  ],
  // A9
  ['look-alike letters', ['https://а.example/cb', 'https://xn--80a.example/cb']],
  // A10
  ['another scheme', ['http://a.example/cb', 'javascript:alert(1)', '//a.example/cb', '/cb']],
  // A16
  ['an object in the place of text', ['{"a":1}', '["https://a.example/cb"]']],
  // A18
  ['kilobytes', [`${callback}?${'x'.repeat(8000)}`]],
]

for (const [what, sent] of refused) {
  test(`a redirect_uri with ${what} ends on a page and is never followed`, () =>
    assertRefused(sent, [callback]))
}

test('a registered query is part of the address and comes whole and in its order', async () => {
  // A4
  await assertRefused([callback, `${callback}?b=2&a=1`, `${callback}?a=1`], [`${callback}?a=1&b=2`])
  await assertAccepted(`${callback}?a=1&b=2`, `${callback}?a=1&b=2`, 'web')
})

for (const type of ['web', 'spa', 'native'] as const) {
  test(`a ${type} app on a loopback address may be answered at any port`, async () => {
    // RFC 8252 7.3, A11, A12 as the contract has it
    await assertAccepted('http://127.0.0.1:51004/cb', 'http://127.0.0.1/cb', type)
    await assertAccepted('http://[::1]:51004/cb', 'http://[::1]:3000/cb', type)
    await assertAccepted('http://127.0.0.1/cb', 'http://127.0.0.1:9876/cb', type)
  })
}

for (const [registered, sent] of [
  [
    'http://127.0.0.1/cb',
    [
      'http://127.0.0.1:0/cb',
      'http://127.0.0.1:99999/cb',
      'http://127.0.0.1:abc/cb',
      'http://127.0.0.1:/cb',
      'http://127.0.0.1:51004/cb2',
      'http://127.0.0.1:51004/cb?x=1',
      'https://127.0.0.1:51004/cb',
      'http://127.0.0.2:51004/cb',
      'http://127.1:51004/cb',
      'http://127.0.0.1.evil.test:51004/cb',
      'http://127.0.0.1:51004@evil.test/cb',
      'http://localhost:51004/cb',
      'http://[::1]:51004/cb',
    ],
  ],
  ['http://[::1]/cb', ['http://[::1]:0/cb', 'http://[::1]:99999/cb', 'http://127.0.0.1/cb']],
  // RFC 8252 8.3: a name may be resolved to elsewhere, so its port is part of it.
  ['http://localhost:3000/cb', ['http://localhost:3001/cb', 'http://127.0.0.1:3000/cb']],
  ['http://app.localhost:3000/cb', ['http://app.localhost:3001/cb']],
] as const) {
  test(`of ${registered} nothing but the port of a literal address may differ`, () =>
    // A11
    assertRefused([...sent], [registered], 'native'))
}

test('a native app is answered at its own scheme', async () => {
  // RFC 8252 7.1
  await assertAccepted('com.example.app:/cb', 'com.example.app:/cb', 'native')
  await assertRefused(['com.example.app://cb', 'com.example.app:/cb/'], ['com.example.app:/cb'])
})

test('a missing redirect_uri ends on a page even where only one is registered', async () => {
  for (const redirectUris of [[callback], [callback, 'https://b.example/cb']]) {
    const client = await server.client({ redirectUris })
    for (const redirect_uri of [undefined, '']) {
      const page = await server.visitor().go(authorizePath(client, { redirect_uri }))

      assertErrorPage(server, page) // OAuth 2.1 2.3.3, A14
    }
  }
})

test('a redirect_uri given twice or as an array redirects nowhere', async () => {
  const client = await server.client({ redirectUris: [callback] })
  const path = authorizePath(client)
  const without = authorizePath(client, { redirect_uri: undefined })
  const evil = encodeURIComponent('https://evil.test/cb')
  const good = encodeURIComponent(callback)

  for (const address of [
    `${path}&redirect_uri=${evil}`, // A15
    `${without}&redirect_uri=${evil}&redirect_uri=${good}`, // A15
    `${path}&redirect_uri=${good}`, // A15
    `${without}&redirect_uri[]=${good}`, // A16
    `${without}&redirect_uri[0]=${good}`, // A16
  ]) {
    assertErrorPage(server, await server.visitor().go(address))
  }
})

test('a redirect_uri in the query of a posted request is not the one that counts', async () => {
  const client = await server.client({ redirectUris: [callback] })
  const url = new URL(authorizePath(client, { redirect_uri: 'https://evil.test/cb' }), server.url)
  const query = `?redirect_uri=${encodeURIComponent(callback)}`

  const page = await server
    .visitor()
    .go(`/auth/authorize${query}`, { method: 'POST', body: url.searchParams })

  assertErrorPage(server, page) // A15
})

test('a bad redirect_uri ends on a page whatever else is wrong', async () => {
  const client = await server.client({ redirectUris: [callback] })
  const redirect_uri = 'https://evil.test/cb'

  for (const params of [
    { scope: 'NO_SUCH_SCOPE' },
    { response_type: 'token' },
    { response_type: undefined },
    { prompt: 'none' },
    { code_challenge: undefined },
    { response_mode: 'no_such_mode' },
    { request: 'e30.e30.' },
    { client_id: 'agpt_client_unknown' },
    { client_id: undefined },
  ]) {
    const page = await server.visitor().go(authorizePath(client, { redirect_uri, ...params }))

    assertErrorPage(server, page) // RFC 6749 4.1.2.1, RFC 9700 4.11.2, A17
  }
})

test('the page shows what was sent and what is registered, marks where they part, and escapes', async () => {
  const client = await server.client({ redirectUris: ['https://b.example/x', `${callback}s`] })
  const evil = `${callback}"><script>alert(1)</script>`

  const page = await server.visitor().go(authorizePath(client, { redirect_uri: evil }))

  const [sent, nearest] = page.html.querySelectorAll('dl code').map((code) => code.text)
  assert.equal(sent, evil)
  assert.equal(nearest, `${callback}s`)
  assert.ok(page.html.querySelectorAll('mark').length > 0)
  assert.ok(!page.text.includes('<script>')) // A17, A127
})

test('an error goes to a registered address of the very client that asked, and nowhere else', async () => {
  const [client, other] = [
    await server.client({ redirectUris: [callback] }),
    await server.client({ redirectUris: ['https://other.example/cb'] }),
  ]
  const ask = (params: object) => server.visitor().go(authorizePath(client, { ...params }))

  const [silent] = other.redirectUris
  assertErrorPage(server, await ask({ prompt: 'none', redirect_uri: silent })) // A23
  const refusedPage = await ask({ scope: 'NO_SUCH_SCOPE' })
  assert.equal(new URL(refusedPage.url).origin, 'https://a.example')
})

test('the consent form holds no address that a person could change', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const visitor = server.visitor()
  const consent = await signIn(visitor, authorizePath(client), user)

  const page = await decide(visitor, consent, { redirect_uri: 'https://evil.test/cb' })

  assert.ok(page.url.startsWith('https://app.example/callback?code=')) // A21
})
