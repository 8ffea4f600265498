import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  authorizePath,
  callbackParams,
  exchange,
  password,
  signInAndApprove,
  startServer,
} from './harness.ts'
import { Inbox } from './inbox.ts'
import type { Visitor } from './visitor.ts'

const newPassword = 'a quiet meadow at noon'
const confirmForm = 'form[action="/auth/logout/confirm"]'

/** Every answer's word to the browser about who is signed in, oldest first (FedCM, Login Status API). */
async function setUp(t: TestContext) {
  const server = await startServer(t)
  const user = await server.user()
  const visitor = server.visitor()
  const said = listen(visitor)
  const home = await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  assert.deepEqual(said, ['logged-in'])
  assert.ok(await fedcmCookie(visitor, server.url))
  said.splice(0)
  return { server, user, visitor, said, home }
}

function listen(visitor: Visitor): string[] {
  const said: string[] = []
  const fetch = visitor.fetch.bind(visitor)
  visitor.fetch = async (...args) => {
    const answer = await fetch(...args)
    const status = answer.headers.get('set-login')
    if (status) said.push(status)
    return answer
  }
  return said
}

const fedcmCookie = async (visitor: Visitor, url: string) =>
  (await visitor.jar.getCookies(url)).find(({ key }) => key === 'agpt_fedcm')

type Told = Awaited<ReturnType<typeof setUp>>

async function assertTold({ visitor, said, server }: Told): Promise<void> {
  assert.equal(said.at(-1), 'logged-out')
  assert.equal(await fedcmCookie(visitor, server.url), undefined)
}

test('signing out by the link of every page is told to the browser', async (t) => {
  const told = await setUp(t)
  const { visitor } = told

  await visitor.submit(await visitor.go('/auth/logout'), { logout: 'yes' }, { form: confirmForm })

  await assertTold(told)
})

test('a sign-out that an app asked for is told to the browser', async (t) => {
  const told = await setUp(t)
  const { server, visitor, user } = told
  const client = await server.client()
  const page = await signInAndApprove(visitor, authorizePath(client), user)
  const { body } = await exchange(server, client, callbackParams(page).code ?? '')
  const query = new URLSearchParams({
    id_token_hint: body.id_token,
    post_logout_redirect_uri: 'https://app.example/',
  })

  const asked = await visitor.go(`/auth/logout?${query}`)
  const end = await visitor.submit(asked, { logout: 'yes' }, { form: confirmForm })

  assert.equal(end.url, 'https://app.example/')
  await assertTold(told)
})

test('whoever stays signed in is still signed in to the browser', async (t) => {
  const { server, visitor, said } = await setUp(t)

  await visitor.submit(await visitor.go('/auth/logout'), {}, { form: confirmForm })

  assert.deepEqual(said, [])
  assert.ok(await fedcmCookie(visitor, server.url))
})

test('ending one’s own session on the list of sessions is told to the browser', async (t) => {
  const told = await setUp(t)
  const { visitor, home, server } = told
  const { rows } = await server.db.query<{ uid: string }>('select uid from sessions')

  const form = 'form[action="/account/sessions"]'
  const other = await visitor.submit(home, {}, { form })
  assert.deepEqual(told.said, [])
  const end = await visitor.submit(other, { session: rows[0]?.uid ?? '' }, { form })

  assert.equal(end.url, `${server.url}/login`)
  await assertTold(told)
})

test('deleting the account is told to the browser', async (t) => {
  const told = await setUp(t)
  const { visitor } = told

  await visitor.submit(await visitor.go('/account/delete'), { current_password: password })

  await assertTold(told)
})

test('a new password by mail ends this browser’s session, which is told', async (t) => {
  const told = await setUp(t)
  const { visitor, server, user } = told
  const stranger = server.visitor()
  await stranger.submit(await stranger.go('/forgot-password'), { email: user.email })
  const { link } = await new Inbox(server, user.email).next()

  await visitor.submit(await visitor.go(link), { password: newPassword })

  await assertTold(told)
})

test('a changed password goes on signed in, and says so', async (t) => {
  const { visitor, said, home, server } = await setUp(t)

  await visitor.submit(
    home,
    { current_password: password, password: newPassword },
    { form: 'form[action="/account/password"]' },
  )

  assert.deepEqual(said, ['logged-in'])
  assert.ok(await fedcmCookie(visitor, server.url))
})

test('a session that ended elsewhere is told at the next page', async (t) => {
  const told = await setUp(t)
  const { visitor, server } = told
  await server.db.query('delete from sessions')

  await visitor.go('/account')

  await assertTold(told)
})

test('a request that comes without the session’s cookie alone changes nothing', async (t) => {
  const { visitor, server, said } = await setUp(t)
  // As from another site: SameSite=Lax keeps the session's cookie back, this one crosses.
  const cookie = `agpt_fedcm=${(await fedcmCookie(visitor, server.url))?.value}`

  const answer = await fetch(`${server.url}/account`, { headers: { cookie }, redirect: 'manual' })

  assert.equal(answer.headers.get('set-login'), null)
  assert.deepEqual(
    answer.headers.getSetCookie().filter((line) => line.includes('fedcm')),
    [],
  )
  assert.deepEqual(said, [])
})

test('FedCM’s cookie outlives the browser as the session’s does', async (t) => {
  const { visitor, server } = await setUp(t)
  const cookie = await fedcmCookie(visitor, server.url)

  const session = (await visitor.jar.getCookies(server.url)).find(({ key }) => /session$/.test(key))
  assert.ok(session?.expires instanceof Date)
  assert.ok(cookie?.expires instanceof Date)
  assert.ok(cookie.expires >= session.expires)
})
