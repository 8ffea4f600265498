import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import Koa from 'koa'
import { knownDevices } from './known-device.ts'

const key = Buffer.alloc(32, 1)

async function browserOf(t: TestContext, secure = false, keys = [key]) {
  const devices = knownDevices({ keys, secure })
  const app = new Koa()
  app.use(async (ctx) => {
    const [, action, email = ''] = ctx.path.split('/')
    if (action === 'remember') devices.remember(ctx, email)
    ctx.body = { device: devices.find(ctx, email) ?? null }
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let cookie = ''
  return {
    async remember(email: string, with_ = cookie) {
      const headers = { cookie: with_ }
      const response = await fetch(`${origin}/remember/${email}`, { headers })
      const set = response.headers.getSetCookie()[0] ?? ''
      cookie = set.split(';')[0] ?? ''
      return set
    },
    async knows(email: string, with_ = cookie) {
      const response = await fetch(`${origin}/find/${email}`, { headers: { cookie: with_ } })
      return ((await response.json()) as { device: string | null }).device !== null
    },
    cookie: () => cookie,
  }
}

// R17
test('a browser stays known under an accepted key, and is then known under the new one', async (t) => {
  const other = Buffer.alloc(32, 2)
  const before = await browserOf(t)
  const during = await browserOf(t, false, [other, key])
  const after = await browserOf(t, false, [other])
  await before.remember('ada@example.com')

  assert.ok(await during.knows('ada@example.com', before.cookie()))
  assert.ok(!(await after.knows('ada@example.com', before.cookie())))
  const renewed = await during.remember('ada@example.com', before.cookie())
  assert.ok(await after.knows('ada@example.com', renewed.split(';')[0]))
  assert.equal(renewed.split(';')[0]?.split('.').length, 2) // the old MAC has gone
})

// A103
test('a browser is known to the accounts that signed in there, and to no other', async (t) => {
  const browser = await browserOf(t)
  assert.equal(await browser.knows('ada@x.com'), false)

  await browser.remember('ada@x.com')
  await browser.remember('bob@x.com')

  assert.equal(await browser.knows('ada@x.com'), true)
  assert.equal(await browser.knows('bob@x.com'), true)
  assert.equal(await browser.knows('eve@x.com'), false)
})

// A106
test('a cookie that was made up or changed is worth nothing', async (t) => {
  const browser = await browserOf(t)
  await browser.remember('ada@x.com')
  const [device, mac] = browser.cookie().replace('agpt_device=', '').split('.')

  for (const forged of [
    `${'A'.repeat(22)}.${mac}`,
    `${device}.${'A'.repeat(43)}`,
    `${device}.`,
    '.',
    '',
  ]) {
    assert.equal(await browser.knows('ada@x.com', `agpt_device=${forged}`), false)
  }
})

// A106
test('the cookie names nobody, is out of reach of scripts, and on https bound to this host', async (t) => {
  const set = await (await browserOf(t, true)).remember('ada@x.com')

  assert.match(
    set,
    /^__Host-agpt_device=[\w-]{22}\.[\w-]{43}; path=\/; expires=.*; samesite=lax; secure; httponly$/i,
  )
})

test('the cookie keeps the last five accounts', async (t) => {
  const browser = await browserOf(t)

  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await browser.remember(`${name}@x.com`)

  assert.equal(await browser.knows('a@x.com'), false)
  assert.equal(await browser.knows('b@x.com'), true)
})
