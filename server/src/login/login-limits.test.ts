import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admit } from './login-limits.ts'
import { createThrottle } from './throttle.ts'

const ada = 'ada@example.com'

function attacker() {
  const throttle = createThrottle({ rateLimits: true, redis: undefined })
  const guess = async (ip: string, emailKey = ada, device?: string) =>
    (await admit(throttle, { emailKey, ip, device })).wait
  return { throttle, guess }
}

// A102
test('one user guessed from a thousand addresses is throttled as an account', async () => {
  const { guess } = attacker()

  const waits: (number | undefined)[] = []
  for (let i = 0; i < 1000; i++) waits.push(await guess(`198.51.${i >> 8}.${i & 255}`))

  assert.equal(waits.filter((wait) => wait === undefined).length, 25)
})

// A102
test('a thousand users guessed from one address are throttled as a network', async () => {
  const { guess } = attacker()

  const waits: (number | undefined)[] = []
  for (let i = 0; i < 1000; i++) waits.push(await guess('192.0.2.1', `user${i}@example.com`))

  assert.equal(waits.filter((wait) => wait === undefined).length, 100)
})

// A102
test('moving about in one IPv6 subnet buys no attempts', async () => {
  const { guess } = attacker()

  const waits = await Promise.all(
    Array.from({ length: 30 }, (_, i) => guess(`2001:db8:1:2::${i.toString(16)}`)),
  )

  assert.equal(waits.filter((wait) => wait === undefined).length, 10)
})

// A103
test('one network that fails a hundred times leaves the account open to every other', async () => {
  const { guess } = attacker()

  for (let i = 0; i < 100; i++) await guess('192.0.2.1')

  assert.equal(await guess('203.0.113.9'), undefined)
})

// A103
test('a browser that knows the account gets in while the whole world guesses, from the same network too', async () => {
  const { guess } = attacker()
  for (let i = 0; i < 100; i++) await guess(`192.0.2.${i}`)
  for (let i = 0; i < 100; i++) await guess('203.0.113.9')

  assert.ok(await guess('203.0.113.10'))
  assert.equal(await guess('203.0.113.9', ada, 'known'), undefined)
})

// A103
test('a known browser has guesses of its own, and no more', async () => {
  const { guess } = attacker()

  const waits: (number | undefined)[] = []
  for (let i = 0; i < 20; i++) waits.push(await guess(`192.0.2.${i}`, ada, 'known'))

  assert.equal(waits.filter((wait) => wait === undefined).length, 10)
})

// A102
test('signing in to an own account clears the pair but no guesses at others', async () => {
  const { throttle, guess } = attacker()
  for (let i = 0; i < 99; i++) await guess('192.0.2.1', `user${i}@example.com`)

  for (let i = 0; i < 20; i++) {
    const own = await admit(throttle, { emailKey: 'eve@x.com', ip: '192.0.2.1', device: undefined })
    if (own.wait === undefined) await own.succeeded()
  }

  assert.equal(await guess('192.0.2.1', 'one-more@example.com'), undefined)
  assert.ok(await guess('192.0.2.1', 'too-many@example.com'))
})
