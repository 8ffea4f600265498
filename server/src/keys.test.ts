import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deriveKeys, sealWith } from './keys.ts'

const [one, other] = [
  'a secret key of more than 32 characters',
  'another secret key of 32 characters',
]

test('keys follow from SECRET_KEY alone, and each purpose has its own', () => {
  const { cookies, sealing, ...keys } = deriveKeys(one)
  const all = [...Object.values(keys), sealing.key].map((key) => key.toString('base64url'))

  assert.deepEqual(deriveKeys(one), { cookies, sealing, ...keys })
  assert.equal(new Set([...all, ...cookies]).size, all.length + cookies.length)
})

test('what was sealed opens with the same key, and another one is named as the reason', async () => {
  const sealed = await sealWith(deriveKeys(one).sealing).seal('private')

  assert.equal(await sealWith(deriveKeys(one).sealing).open(sealed), 'private')
  assert.ok(!sealed.includes(Buffer.from('private').toString('base64url')))
  await assert.rejects(sealWith(deriveKeys(other).sealing).open(sealed), /SECRET_KEY/)
})
