import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { csrf } from './csrf.ts'
import { serve } from './testing.ts'

// A87: a forged post is refused by where it comes from, and by the token it cannot know.

const key = Buffer.from('a key for tests')

async function page(t: TestContext, { secure = false, issuer = '', keys = [key] } = {}) {
  const { origin } = await serve(
    t,
    (ctx, next) => csrf({ keys, secure, origin: issuer || `http://${ctx.host}` })(ctx, next),
    (ctx) => {
      ctx.body = ctx.method === 'GET' ? ctx.state.csrf : 'done'
    },
  )
  const visit = async () => {
    const response = await fetch(origin)
    const cookie = response.headers.getSetCookie()[0] ?? ''
    return { cookie, token: await response.text() }
  }
  const post = async (cookie: string, body: Record<string, string>, headers = {}) => {
    const cookies = cookie.split(';')[0] ?? ''
    const init = { method: 'POST', body: new URLSearchParams(body) }
    return (await fetch(origin, { ...init, headers: { cookie: cookies, ...headers } })).status
  }
  return { origin, visit, post }
}

// R17
test('a form made under a key that is accepted is taken; without it, it is refused', async (t) => {
  const other = Buffer.from('another key for tests')
  const [before, during, after] = [
    await page(t),
    await page(t, { keys: [other, key] }),
    await page(t, { keys: [other] }),
  ]
  const { cookie, token } = await before.visit()

  assert.equal(await during.post(cookie, { _csrf: token }), 200)
  assert.equal(await after.post(cookie, { _csrf: token }), 403)
  const renewed = await during.visit()
  assert.equal(await after.post(renewed.cookie, { _csrf: renewed.token }), 200)
})

test('a form that carries the token of its own page is taken', async (t) => {
  const { visit, post, origin } = await page(t)
  const { cookie, token } = await visit()

  assert.equal(await post(cookie, { _csrf: token }), 200)
  assert.equal(await post(cookie, { _csrf: token }, { origin }), 200)
  assert.equal(await post(cookie, { _csrf: token }, { 'sec-fetch-site': 'same-origin' }), 200)
  assert.equal(await post(cookie, { _csrf: token }, { 'sec-fetch-site': 'none' }), 200)
})

test('without a token, or with a wrong one, a form is refused', async (t) => {
  const { visit, post } = await page(t)
  const { cookie, token } = await visit()

  assert.equal(await post(cookie, {}), 403)
  assert.equal(await post(cookie, { _csrf: `${token}x` }), 403)
  assert.equal(await post(cookie, { _csrf: '' }), 403)
  assert.equal(await post('', { _csrf: token }), 403)
})

test('the token of another browser is refused', async (t) => {
  const { visit, post } = await page(t)
  const mine = await visit()
  const theirs = await visit()

  assert.equal(await post(mine.cookie, { _csrf: theirs.token }), 403)
})

test('a cookie that somebody planted does not make its own token', async (t) => {
  const { post } = await page(t)
  const planted = 'a'.repeat(43)

  assert.equal(await post(`agpt_csrf=${planted}`, { _csrf: planted }), 403)
})

test('two tokens in one form are refused', async (t) => {
  const { visit, origin } = await page(t)
  const { cookie, token } = await visit()

  const body = new URLSearchParams([
    ['_csrf', token],
    ['_csrf', token],
  ])
  const response = await fetch(origin, { method: 'POST', body, headers: { cookie } })

  assert.equal(response.status, 403)
})

test('a right token from a foreign page is refused', async (t) => {
  const { visit, post } = await page(t)
  const { cookie, token } = await visit()

  const foreign = [
    { origin: 'https://evil.example' },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'null' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]
  for (const headers of foreign) {
    assert.equal(await post(cookie, { _csrf: token }, headers), 403, JSON.stringify(headers))
  }
})

test('our own page is believed when no-referrer makes its Origin null', async (t) => {
  const { visit, post } = await page(t)
  const { cookie, token } = await visit()

  const headers = { origin: 'null', 'sec-fetch-site': 'same-origin' }

  assert.equal(await post(cookie, { _csrf: token }, headers), 200)
})

test('on loopback the host that was asked counts beside the issuer', async (t) => {
  const { visit, post, origin } = await page(t, { issuer: 'http://localhost:4000' })
  const { cookie, token } = await visit()

  assert.equal(await post(cookie, { _csrf: token }, { origin }), 200)
})

test('a public issuer believes no loopback origin', async (t) => {
  const { visit, post, origin } = await page(t, { issuer: 'https://sso.example' })
  const { cookie, token } = await visit()

  assert.equal(await post(cookie, { _csrf: token }, { origin }), 403)
})

test('the cookie is for this host only, out of reach of scripts and foreign posts', async (t) => {
  const { visit } = await page(t, { secure: true })

  const { cookie } = await visit()

  assert.match(cookie, /^__Host-agpt_csrf=[\w-]{43}; path=\/; samesite=lax; secure; httponly$/i)
})

test('a page without a form sets no cookie', async (t) => {
  const { origin } = await serve(t, csrf({ keys: [key], secure: false, origin: '' }), (ctx) => {
    ctx.body = 'nothing to send'
  })

  const response = await fetch(origin)

  assert.deepEqual(response.headers.getSetCookie(), [])
})
