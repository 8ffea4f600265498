import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeProtectedHeader } from 'jose'
import { deriveKeys, type Keys, sealWith } from './keys.ts'

const one = 'one secret key of more than 32 characters'
const other = 'another secret key, equally long enough'

test('keys follow from SECRET_KEY alone, and each purpose has its own', () => {
  const { refreshSuccessors, sealing, ...keys } = deriveKeys(one)
  const named = [...refreshSuccessors, ...sealing].map(({ key }) => key)
  const all = [...Object.values(keys).flat(), ...named].map((key) => key.toString('base64url'))

  assert.deepEqual(deriveKeys(one), { ...keys, refreshSuccessors, sealing })
  assert.equal(new Set(all).size, all.length)
})

// R17
test('an accepted SECRET_KEY gives keys of its own, after those that are used', () => {
  const both = deriveKeys(one, [other, one])

  for (const [purpose, [used, accepted, ...more]] of Object.entries(both)) {
    assert.deepEqual([used], deriveKeys(one)[purpose as keyof Keys], purpose)
    assert.deepEqual([accepted], deriveKeys(other)[purpose as keyof Keys], purpose)
    assert.deepEqual(more, [])
  }
})

test('what was sealed opens with the same key, and another one is named as the reason', async () => {
  const sealed = await sealWith(deriveKeys(one).sealing).seal('private')

  assert.equal(await sealWith(deriveKeys(one).sealing).open(sealed), 'private')
  assert.ok(!sealed.includes(Buffer.from('private').toString('base64url')))
  await assert.rejects(sealWith(deriveKeys(other).sealing).open(sealed), /SECRET_KEY/)
  assert.equal(await sealWith(deriveKeys(other).sealing).openIfKnown(sealed), undefined)
})

// R17
test('what was sealed names its key, and opens wherever that one is accepted', async () => {
  const before = sealWith(deriveKeys(one).sealing)
  const after = sealWith(deriveKeys(other, [one]).sealing)

  const [old, renewed] = [await before.seal('private'), await after.seal('private')]

  assert.equal(decodeProtectedHeader(old).kid, deriveKeys(one).sealing[0]?.id)
  assert.equal(decodeProtectedHeader(renewed).kid, deriveKeys(other).sealing[0]?.id)
  assert.deepEqual([await after.open(old), await after.openIfKnown(old)], ['private', 'private'])
  assert.deepEqual([after.isCurrent(old), after.isCurrent(renewed)], [false, true])
})
