import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deriveKeys } from '../keys.ts'
import { fedcmBinding } from './binding.ts'

const one = 'one secret key of more than 32 characters'
const other = 'another secret key, equally long enough'
const binding = {
  clientId: 'agpt_client_shop',
  redirectUri: 'https://shop.example/callback',
  codeChallenge: 'a challenge',
  origin: 'https://shop.example',
  accountId: '7b0f7f0e-0000-4000-8000-000000000000',
}
const under = (...[secret = '', ...accepted]: string[]) =>
  fedcmBinding(deriveKeys(secret, accepted).fedcmBinding)

// R17
test('a window that was opened under an accepted key is answered', async () => {
  const sealed = await under(one).make(binding)

  const { exp, ...read } = { exp: 0, ...(await under(other, one).read(sealed)) }

  assert.deepEqual(read, binding)
  assert.ok(exp > Date.now() / 1000)
  assert.equal(await under(other).read(sealed), undefined)
})

test('a binding is good for a quarter of an hour', async () => {
  const ago = (minutes: number) => under(one).make(binding, Date.now() - minutes * 60_000)

  assert.ok(await under(one).read(await ago(14)))
  assert.equal(await under(one).read(await ago(15.1)), undefined)
})
