import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { listEvents } from '#db/audit-events.ts'
import { password, startServer } from './harness.ts'
import { Inbox } from './inbox.ts'
import type { Visitor } from './visitor.ts'

async function setUp(t: TestContext) {
  const server = await startServer(t, { RATE_LIMITS: 'on', TRUST_PROXY: '1' })
  const user = await server.user()
  const from = (ip: string) => server.visitor({ 'x-forwarded-for': ip })
  const signIn = async (visitor: Visitor, secret = password, email = user.email) =>
    visitor.submit(await visitor.go('/login'), { email, password: secret })
  const fail = async (visitor: Visitor, times: number) => {
    let page = await visitor.go('/login')
    for (let i = 0; i < times; i++) page = await signIn(visitor, `guess ${i}`)
    return page
  }
  return { server, user, from, signIn, fail }
}

// A102
test('after ten wrong passwords the page says when to try again and keeps the address', async (t) => {
  const { user, from, fail, signIn, server } = await setUp(t)
  const attacker = from('192.0.2.1')

  assert.equal((await fail(attacker, 10)).status, 400)
  const page = await signIn(attacker)

  assert.equal(page.status, 429)
  assert.ok(Number(page.headers.get('retry-after')) > 800)
  assert.match(page.text, /Try again in 15 minutes/)
  assert.equal(page.html.querySelector('#email')?.getAttribute('value'), user.email)
  await fail(attacker, 5)
  assert.equal((await listEvents(server.db, { limit: 99, kind: 'login.throttled' })).length, 1)
})

// A103
test('an attacker who fails a hundred times locks out neither other networks nor known browsers', async (t) => {
  const { server, from, fail, signIn } = await setUp(t)
  const known = from('203.0.113.7')
  await signIn(known)

  for (let i = 1; i <= 10; i++) await fail(from(`192.0.2.${i}`), 3)
  await fail(from('203.0.113.7'), 11)

  const stranger = await signIn(from('198.51.100.1'))
  assert.equal(stranger.status, 429)
  await known.submit(await known.go('/account'), {}, { form: 'form[action="/logout"]' })
  assert.equal((await signIn(known)).url, `${server.url}/account`)
})

// A103
test('whoever is held up gets in by mail', async (t) => {
  const { server, user, from, fail, signIn } = await setUp(t)
  for (let i = 1; i <= 10; i++) await fail(from(`192.0.2.${i}`), 3)
  const owner = from('198.51.100.1')
  assert.equal((await signIn(owner)).status, 429)

  await owner.submit(await owner.go('/forgot-password'), { email: user.email })
  const { link } = await new Inbox(server, user.email).next()
  const next = 'a quiet meadow at noon'
  const page = await owner.submit(
    await owner.go(link),
    { password: next },
    { form: 'form[action="/reset"]' },
  )

  assert.equal(page.url, `${server.url}/account?saved=password`)
  await owner.submit(page, {}, { form: 'form[action="/logout"]' })
  assert.equal((await signIn(owner, next)).url, `${server.url}/account`)
})

// A104
test('an address without an account is throttled like one with', async (t) => {
  const { from, signIn } = await setUp(t)
  const visitor = from('192.0.2.1')

  const statuses: number[] = []
  for (let i = 0; i < 11; i++) {
    statuses.push((await signIn(visitor, 'guess', 'nobody@example.com')).status)
  }

  assert.deepEqual(statuses, [...Array(10).fill(400), 429])
})

// A102
test('a header that names another address is believed from trusted proxies only', async (t) => {
  const server = await startServer(t, { RATE_LIMITS: 'on' })

  const statuses: number[] = []
  for (let i = 0; i < 11; i++) {
    const visitor = server.visitor({ 'x-forwarded-for': `192.0.2.${i}` })
    const page = await visitor.submit(await visitor.go('/login'), { email: 'a@b.c', password: 'x' })
    statuses.push(page.status)
  }

  assert.equal(statuses.at(-1), 429)
})

// A102
test('nobody’s inbox is flooded, whoever asks, and the page says so', async (t) => {
  const { user, from, server } = await setUp(t)
  const ask = async (ip: string) => {
    const visitor = from(ip)
    return visitor.submit(await visitor.go('/forgot-password'), { email: user.email })
  }

  for (let i = 1; i <= 3; i++) assert.equal((await ask(`192.0.2.${i}`)).status, 200)
  const page = await ask('192.0.2.4')

  assert.equal(page.status, 429)
  assert.match(page.text, /We have sent enough mail for now/)
  assert.ok(Number(page.headers.get('retry-after')) > 0)
  const inbox = new Inbox(server, user.email)
  for (let i = 0; i < 3; i++) await inbox.next()
  assert.ok(await inbox.isEmpty())
})

// A102
test('one network signs up five times in ten minutes', async (t) => {
  const { from } = await setUp(t)
  const statuses: number[] = []
  for (let i = 0; i < 6; i++) {
    const visitor = from(`2001:db8:1:2::${i}`)
    const page = await visitor.submit(await visitor.go('/signup'), {
      email: `ada${i}@example.com`,
      password: 'a quiet meadow at noon',
      name: '',
    })
    statuses.push(page.status)
    if (page.status === 429) {
      assert.equal(page.html.querySelector('#email')?.getAttribute('value'), 'ada5@example.com')
    }
  }

  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429])
})

// A151
test('a crowd of sign-ins is served or told to come back, and nothing breaks', async (t) => {
  const server = await startServer(t)
  const visitor = server.visitor()
  const page = await visitor.go('/login')
  const _csrf = page.html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? ''

  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const body = new URLSearchParams({ email: `ada${i}@example.com`, password: 'guess', _csrf })
      const answer = await visitor.fetch('/login', { method: 'POST', body })
      await answer.arrayBuffer()
      return answer
    }),
  )

  const busy = answers.filter(({ status }) => status === 503)
  assert.equal(busy.length + answers.filter(({ status }) => status === 400).length, 200)
  assert.ok(busy.every(({ headers }) => headers.get('retry-after') === '2'))
  assert.equal((await visitor.go('/login')).status, 200)
})

// A102
test('a network that is held up cannot fill the audit trail by naming other addresses', async (t) => {
  const { server, from } = await setUp(t)
  const visitor = from('192.0.2.1')
  const page = await visitor.go('/login')
  const guess = (i: number) =>
    visitor.submit(page, { email: `somebody-${i}@example.com`, password: 'guess' })
  for (let i = 0; i < 100; i++) await guess(i)

  for (let i = 100; i < 115; i++) assert.equal((await guess(i)).status, 429)

  assert.equal((await listEvents(server.db, { limit: 99, kind: 'login.throttled' })).length, 10)
})
