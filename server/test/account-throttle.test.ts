import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { password, startServer } from './harness.ts'
import { Inbox } from './inbox.ts'

async function setUp(t: TestContext) {
  const server = await startServer(t, { RATE_LIMITS: 'on', TRUST_PROXY: '1' })
  const user = await server.user()
  const signIn = async (ip: string) => {
    const visitor = server.visitor({ 'x-forwarded-for': ip })
    const page = await visitor.submit(await visitor.go('/login'), { email: user.email, password })
    const ask = (email: string, email_password = password) =>
      visitor.submit(page, { email, email_password })
    return { visitor, page, ask }
  }
  return { server, user, signIn }
}

const someAddress = () => `${randomUUID()}@example.com`

// A102
test('a new address is asked for three times a minute, and the page says when again', async (t) => {
  const { server, signIn } = await setUp(t)
  const { ask } = await signIn('192.0.2.1')
  const victim = someAddress()
  const inbox = new Inbox(server, victim)

  for (let i = 0; i < 3; i++) assert.equal((await ask(victim)).status, 200)
  const refused = await ask(victim)

  assert.equal(refused.status, 429)
  const seconds = Number(refused.headers.get('retry-after'))
  assert.ok(seconds > 0 && seconds <= 60, `${seconds}`)
  assert.match(refused.text, /try again in/)
  assert.equal(refused.html.querySelector('#email')?.getAttribute('value'), victim)
  for (let i = 0; i < 3; i++) await inbox.next()
  assert.ok(await inbox.isEmpty())
})

// A102
test('one account asks for five addresses an hour, from wherever and whichever', async (t) => {
  const { signIn } = await setUp(t)
  const [here, there] = [await signIn('192.0.2.1'), await signIn('198.51.100.1')]

  for (const { ask } of [here, there, here, there, here]) {
    assert.equal((await ask(someAddress())).status, 200)
  }
  const refused = await there.ask(someAddress())

  assert.equal(refused.status, 429)
  assert.ok(Number(refused.headers.get('retry-after')) > 3000)
})

// A102
test('right passwords are counted too, and clear no guesses', async (t) => {
  const { signIn } = await setUp(t)
  const { ask } = await signIn('192.0.2.1')

  for (let i = 0; i < 9; i++) assert.equal((await ask(someAddress(), `guess ${i}`)).status, 400)
  assert.equal((await ask(someAddress())).status, 200)
  assert.equal((await ask(someAddress(), 'the tenth')).status, 400)
  assert.equal((await ask(someAddress())).status, 429)

  const other = await setUp(t)
  const { visitor, page } = await other.signIn('192.0.2.1')
  const change = () => visitor.submit(page, { email: 'a@example.com', email_password: password })
  const answers = []
  for (let i = 0; i < 21; i++) answers.push(await change())
  assert.equal(answers.at(-1)?.status, 429)
  assert.match(answers.at(-1)?.text ?? '', /Too many attempts. Try again in/)
})
