import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordHashing } from './passwords.ts'

const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 }
const passwords = passwordHashing({ cost: cheap })

test('a hash is argon2id with the parameters of the OWASP cheat sheet', async () => {
  const hash = await passwordHashing().hash('a quiet meadow at noon')

  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('only the right password passes', async () => {
  const hash = await passwords.hash('a quiet meadow at noon')

  assert.equal(await passwords.verify(hash, 'a quiet meadow at noon'), true)
  assert.equal(await passwords.verify(hash, 'a quiet meadow at noon '), false)
  assert.equal(await passwords.verify(hash, 'A quiet meadow at noon'), false)
})

// A112
test('nothing is truncated: not after 72 bytes, not after a NUL, not at the greatest length', async () => {
  const pairs = [
    [`${'a'.repeat(72)}x`, `${'a'.repeat(72)}y`],
    ['meadow\0noon', 'meadow\0moon'],
    [`${'🦊'.repeat(255)}x`, `${'🦊'.repeat(255)}y`],
    [' spaces kept ', 'spaces kept'],
  ] as const
  for (const [mine, other] of pairs) {
    const hash = await passwords.hash(mine)

    assert.equal(await passwords.verify(hash, mine), true)
    assert.equal(await passwords.verify(hash, other), false)
  }
})

// A112
test('composed and decomposed accents are the same password', async () => {
  const hash = await passwords.hash('café crème brûlée'.normalize('NFC'))

  assert.equal(await passwords.verify(hash, 'café crème brûlée'.normalize('NFD')), true)
})

// A112
test('length counts characters, not bytes or UTF-16 units, after normalisation', () => {
  assert.equal(passwords.weakness('🦊'.repeat(7)), 'too_short')
  assert.equal(passwords.weakness('🦊🐻🐼🐨🐯🦁🐮🐷'), undefined)
  assert.equal(passwords.weakness('e\u0301'.repeat(7)), 'too_short')
  assert.equal(passwords.weakness('🦊🐻'.repeat(128)), undefined)
  assert.equal(passwords.weakness('🦊'.repeat(257)), 'too_long')
})

// A112
test('a password on the lists that attackers try first is refused in any case', () => {
  for (const common of [
    'password1',
    'Password1',
    'qwertyuiop',
    '1234567890',
    'iloveyou1',
    'trustno1',
  ]) {
    assert.equal(passwords.weakness(common), 'common', common)
  }
  assert.equal(passwords.weakness('ｐａｓｓｗｏｒｄ１'), 'common')
})

// A112
test('a password made of the service, the name or the address is refused', () => {
  const ada = { email: 'ada.lovelace@engine.example', name: 'Ada Lovelace' }
  for (const own of [
    'autogpt1',
    'AutoGPT-2026!',
    'Ada-Lovelace',
    'ada.lovelace1',
    'Engine12345',
    'LovelaceAda99',
  ]) {
    assert.equal(passwords.weakness(own, ada), 'context', own)
  }
  for (const fine of ['lovelace drinks tea', 'autogpt horse battery', `${'a'.repeat(72)}x`]) {
    assert.equal(passwords.weakness(fine, ada), undefined, fine)
  }
})

test('a name of punctuation or one letter makes no password a bad one', () => {
  assert.equal(passwords.weakness('a quiet meadow', { email: 'a@b.c', name: '. *' }), undefined)
})

// A104
test('without a hash, and with a password too long to be one, the answer is no after one computation', async () => {
  const hash = await passwords.hash('nobody has this password')

  assert.equal(await passwords.verify(undefined, 'nobody has this password'), false)
  assert.equal(await passwords.verify(null, ''), false)
  assert.equal(await passwords.verify(hash, 'x'.repeat(50_000)), false)
})

test('a hash made with other parameters is to be made anew', async () => {
  const hash = await passwords.hash('a quiet meadow at noon')

  assert.equal(passwords.needsRehash(hash), false)
  assert.equal(passwordHashing().needsRehash(hash), true)
})

// A151
test('a crowd beyond the queue is told to come back, and the others are served', async () => {
  const few = passwordHashing({ cost: cheap, queue: { running: 1, waiting: 3, patience: 2_000 } })

  const answers = await Promise.allSettled(
    Array.from({ length: 10 }, () => few.verify(undefined, 'a quiet meadow')),
  )

  const refused = answers.filter((answer) => answer.status === 'rejected')
  assert.equal(refused.length, 6)
  assert.equal(refused[0]?.reason.status, 503)
  assert.equal(refused[0]?.reason.headers['Retry-After'], '2')
  assert.equal(await few.verify(undefined, 'a quiet meadow'), false)
})

// A151
test('nobody waits longer than the queue has patience', async () => {
  const slow = passwordHashing({
    cost: { memoryCost: 65_536, timeCost: 4, parallelism: 1 },
    queue: { running: 1, waiting: 50, patience: 5 },
  })

  const [first, second] = await Promise.allSettled([slow.hash('one'), slow.hash('two')])

  assert.equal(first.status, 'fulfilled')
  assert.equal(second.status, 'rejected')
})
