import assert from 'node:assert/strict'
import { test } from 'node:test'
import { begin } from '../../src/core/transaction.ts'

Object.assign(globalThis, { location: new URL('https://shop.example/') })

const beginAt = (issuer: string) => begin({ clientId: 'a', issuer }, 'popup')

// RFC 8252 8.3: plain http stays on the machine
// A180
test('an issuer is https, or on the machine itself', async () => {
  for (const issuer of [
    'https://auth.example.com',
    'http://localhost:4000',
    'http://idp.localhost',
    'http://127.0.0.1:4000/',
    'http://[::1]:4000',
  ]) {
    assert.equal((await beginAt(issuer)).issuer, issuer.replace(/\/$/, ''))
  }
  for (const issuer of [
    '',
    'http://auth.example.com',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'http://localhost:x@evil.example',
    'http://127.0.0.1.evil.example',
    'javascript:alert(1)',
    'auth.example.com',
  ]) {
    await assert.rejects(beginAt(issuer), issuer)
  }
})

// A179
test('every attempt has its own state, nonce and verifier, and asks by S256', async () => {
  const [one, other] = await Promise.all([
    beginAt('https://a.example'),
    beginAt('https://a.example'),
  ])

  assert.notEqual(one.asked.state, other.asked.state)
  assert.notEqual(one.asked.nonce, other.asked.nonce)
  assert.match(one.verifier, /^[\w-]{43}$/) // RFC 7636 4.1
  assert.equal((one.asked as Record<string, string>).code_challenge_method, 'S256')
})
