import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { verifiedClaims } from '../../src/core/id-token.ts'
import type { Tokens } from '../../src/core/types.ts'

const hash = 'SHA-256'
const algorithms: Record<string, EcKeyGenParams | RsaHashedKeyGenParams> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  RS256: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash,
  },
}
const { subtle } = crypto
const keys = new Map<string, CryptoKeyPair>()
for (const [alg, algorithm] of Object.entries(algorithms)) {
  keys.set(alg, (await subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair)
}
const published = await Promise.all(
  [...keys].map(async ([alg, { publicKey }]) => ({
    ...(await subtle.exportKey('jwk', publicKey)),
    alg,
    kid: alg,
  })),
)
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ keys: published }))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
after(() => server.close())
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const now = Math.floor(Date.now() / 1000)
const right = { iss: issuer, sub: 'ada', aud: 'shop', nonce: 'n', iat: now, exp: now + 60 }
const transaction = {
  issuer,
  verifier: '',
  type: undefined,
  asked: { client_id: 'shop', redirect_uri: '', scope: '', state: '', nonce: 'n' },
}
const check = (id_token: string, access_token = 'token') =>
  verifiedClaims({ id_token, access_token } as Tokens, transaction)

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

async function signed(claims: object, alg = 'ES256'): Promise<string> {
  const pair = keys.get(alg)
  if (!pair) throw new Error(alg)
  const input = `${encoded({ alg, kid: alg })}.${encoded(claims)}`
  const algorithm = { name: pair.privateKey.algorithm.name, hash }
  const signature = await subtle.sign(algorithm, pair.privateKey, Buffer.from(input))
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}

test('what this server signed for this client and this attempt is believed', async () => {
  for (const alg of ['ES256', 'RS256']) {
    assert.equal((await check(await signed(right, alg))).sub, 'ada')
  }
})

// OpenID Connect Core 3.1.3.7
test('a claim that is wrong is not', async () => {
  for (const wrong of [
    { iss: 'https://evil.example' },
    { aud: 'other' },
    { aud: ['shop', 'other'] },
    { aud: ['shop', 'other'], azp: 'other' },
    { azp: 'other' },
    { nonce: 'other' },
    { nonce: undefined },
    { exp: now - 3600 },
    { exp: undefined },
    { iat: now + 3600 },
    { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' },
  ]) {
    await assert.rejects(
      check(await signed({ ...right, ...wrong })),
      { code: 'invalid_id_token' },
      JSON.stringify(wrong),
    )
  }
})

// RFC 8725 2.1, 3.1: the algorithm is not the token's to choose
test('no algorithm but ours, and none with another one’s key', async () => {
  const [, body = '', signature] = (await signed(right)).split('.')

  for (const token of [
    `${encoded({ alg: 'none', kid: 'ES256' })}.${body}.`,
    `${encoded({ alg: 'HS256', kid: 'ES256' })}.${body}.${signature}`,
    `${encoded({ alg: 'RS256', kid: 'ES256' })}.${body}.${signature}`,
    `${encoded({ alg: 'ES256', kid: 'RS256' })}.${body}.${signature}`,
    `${encoded({ alg: 'constructor', kid: 'ES256' })}.${body}.${signature}`,
    `${encoded({ alg: 'ES256', kid: 'unknown' })}.${body}.${signature}`,
    `${encoded({ alg: 'ES256', kid: 'ES256' })}.${body}.AAAA`,
    'nonsense',
    '',
  ]) {
    await assert.rejects(check(token), { code: 'invalid_id_token' }, token.slice(0, 80))
  }
})

test('keys that cannot be had say nothing of the token', async () => {
  const nobody = { ...transaction, issuer: 'http://127.0.0.1:1' }
  const tokens = { id_token: await signed(right), access_token: '' } as Tokens

  await assert.rejects(verifiedClaims(tokens, nobody), { code: 'network' })
})

test('a body that was changed after it was signed is not', async () => {
  const [head, , signature] = (await signed(right)).split('.')
  const body = encoded({ ...right, sub: 'eve' })

  await assert.rejects(check(`${head}.${body}.${signature}`), { code: 'invalid_id_token' })
})
