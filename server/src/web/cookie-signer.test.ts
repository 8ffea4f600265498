import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cookieSigner } from './cookie-signer.ts'

const [one, other] = [Buffer.from('one'), Buffer.from('other')]
const data = 'agpt_session=abc'

test('a cookie is signed as Keygrip signed it, which did so in the first version', () => {
  assert.equal(cookieSigner([one]).sign(data), 'rcF1synl_nf0EK2N_DFOSQWXAnc')
})

// R17
test('a cookie signed with an accepted key is as good, and no reason to set it again', () => {
  const old = cookieSigner([one]).sign(data)
  const signer = cookieSigner([other, one])

  assert.equal(signer.index(data, old), 0)
  assert.notEqual(signer.sign(data), old)
  assert.equal(cookieSigner([other]).index(data, old), -1)
  for (const forged of ['', 'x', old.slice(1), `${old}A`, old.toUpperCase()]) {
    assert.equal(signer.verify(data, forged), false, forged)
  }
})
