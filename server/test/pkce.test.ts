import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import {
  authorizePath,
  codeFor,
  exchange,
  introspect,
  refresh,
  tokensFor,
  verifier,
} from './harness.ts'
import { errorAtCallback, sharedServer } from './requests.ts'

const server = await sharedServer()

const digest = (encoding: 'hex' | 'base64url') =>
  createHash('sha256').update(verifier).digest(encoding)
const challenge = digest('base64url')

for (const type of ['web', 'spa', 'native'] as const) {
  test(`a ${type} app without a code_challenge gets an error and no code`, async () => {
    const client = await server.client({ type })

    const page = await server
      .visitor()
      .go(authorizePath(client, { code_challenge: undefined, code_challenge_method: undefined }))

    // RFC 7636 4.4.1, RFC 9700 2.1.1, A24, A25
    assert.equal(errorAtCallback(server, page).error, 'invalid_request')
  })
}

for (const method of ['plain', 'PLAIN', 's256', 'S512', ' S256', '', undefined]) {
  test(`the challenge method ${JSON.stringify(method)} is refused, only S256 is known`, async () => {
    const client = await server.client()

    const page = await server
      .visitor()
      .go(authorizePath(client, { code_challenge_method: method, code_challenge: verifier }))

    // RFC 7636 4.2, A26: a missing one would mean plain
    const { error, error_description } = errorAtCallback(server, page)
    assert.equal(error, 'invalid_request')
    assert.match(error_description ?? '', /code_challenge_method/)
  })
}

for (const bad of [
  challenge.slice(1),
  'x'.repeat(129),
  `${challenge.slice(2)}+/`,
  `${challenge}=`,
]) {
  test(`a code_challenge of ${bad.length} characters like ${bad.slice(-3)} is refused`, async () => {
    const client = await server.client()

    const page = await server.visitor().go(authorizePath(client, { code_challenge: bad }))

    // RFC 7636 4.2, A27
    const { error, error_description } = errorAtCallback(server, page)
    assert.equal(error, 'invalid_request')
    assert.match(error_description ?? '', /code_challenge/)
  })
}

test('a code_challenge given twice is refused', async () => {
  const client = await server.client()

  const page = await server.visitor().go(`${authorizePath(client)}&code_challenge=${challenge}`)

  assert.equal(errorAtCallback(server, page).error, 'invalid_request') // A27
})

const wrong: [what: string, fields: Record<string, string>, says: RegExp][] = [
  // RFC 7636 4.6, A28
  ['no verifier', { code_verifier: '' }, /code_verifier is missing/],
  // RFC 7636 4.6, A29
  [
    'a wrong verifier',
    { code_verifier: verifier.replace('0', '1') },
    /code_verifier does not match/,
  ],
  ['the challenge itself', { code_verifier: challenge }, /are the same/],
  // RFC 7636 4.1, A29
  ['a verifier too short', { code_verifier: verifier.slice(0, 42) }, /code_verifier .*43/],
  ['a verifier too long', { code_verifier: 'x'.repeat(129) }, /code_verifier .*128/],
  ['a verifier with other letters', { code_verifier: `${verifier}+/=` }, /code_verifier .*charact/],
]

for (const [what, fields, says] of wrong) {
  test(`an exchange with ${what} is an invalid_grant that says so, and spends nothing`, async () => {
    const [client, user] = [await server.client(), await server.user()]
    const code = await codeFor(server, client, user)

    const { status, body } = await exchange(server, client, code, fields)

    assert.deepEqual([status, body.error], [400, 'invalid_grant'])
    assert.match(body.error_description, says)
    assert.equal(body.detail, body.error_description)
    assert.equal((await exchange(server, client, code)).status, 200)
  })
}

for (const [what, sent, says] of [
  ['the verifier itself', verifier, /are the same; S256 wants the verifier's hash/],
  ['the digest in hexadecimal', digest('hex'), /was the digest in hexadecimal/],
  [
    'the hexadecimal text encoded again',
    Buffer.from(digest('hex')).toString('base64url'),
    /encoded the hexadecimal text/,
  ],
] as const) {
  test(`a challenge that was ${what} is named as the mistake it is`, async () => {
    const [client, user] = [await server.client(), await server.user()]
    const code = await codeFor(server, client, user, { code_challenge: sent })

    const { body } = await exchange(server, client, code)

    // RFC 7636 4.6, A29
    assert.equal(body.error, 'invalid_grant')
    assert.match(body.error_description, says)
  })
}

test('a verifier of another flow is refused', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const other = createHash('sha256').update(`another ${verifier}`).digest('base64url')
  const code = await codeFor(server, client, user, { code_challenge: other })

  const { body } = await exchange(server, client, code)

  assert.equal(body.error, 'invalid_grant') // A29, A47
})

test('where PKCE was lifted, a verifier without a challenge is refused all the same', async () => {
  const [client, user] = [await server.client({ requirePkce: false }), await server.user()]
  const without = { code_challenge: undefined, code_challenge_method: undefined }
  const code = await codeFor(server, client, user, without)

  const downgraded = await exchange(server, client, code)
  const honest = await exchange(server, client, code, { code_verifier: '' })

  // RFC 9700 4.8.2, A30
  assert.equal(downgraded.body.error, 'invalid_grant')
  assert.equal(honest.status, 200)
})

test('where PKCE was lifted, a challenge that was sent still counts', async () => {
  const [client, user] = [await server.client({ requirePkce: false }), await server.user()]
  const code = await codeFor(server, client, user)

  const { body } = await exchange(server, client, code, { code_verifier: '' })

  assert.equal(body.error, 'invalid_grant') // RFC 9700 2.1.1, A28
})

test('a challenge that comes again is served, since it may be a reload', async () => {
  const client = await server.client()
  const [one, two] = [await server.user(), await server.user()]

  const tokens = [await tokensFor(server, client, one), await tokensFor(server, client, two)]

  // A31
  assert.notEqual(tokens[0]?.access_token, tokens[1]?.access_token)
})

test('a refresh asks for no verifier', async () => {
  const [client, user] = [await server.client({ type: 'spa' }), await server.user()]
  const tokens = await tokensFor(server, client, user)

  const { status, body } = await refresh(server, client, tokens.refresh_token ?? '')

  assert.equal(status, 200)
  assert.equal((await introspect(server, client, body.access_token)).body.active, true)
})
