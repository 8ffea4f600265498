import type { Frame } from 'puppeteer-core'
import { decide, firefoxElement, signInWithFirefox, test } from './firefox.ts'
import { expect } from './fixtures.ts'
import { startSite } from './site.ts'

for (const flow of ['auto', 'popup', 'redirect']) {
  test(`Firefox, ${flow}: somebody signs in, and the page knows who`, async ({
    firefox,
    shop,
    server,
  }) => {
    const person = await server.createUser()
    await firefox.goto(shop.page({ body: shop.button({ flow }) }))
    const { click, openWindow, last } = firefoxElement(firefox)

    const where = flow === 'redirect' ? firefox : await openWindow()
    if (flow === 'redirect') await click()
    await signInWithFirefox(where, person)
    await decide(where, 'approve')

    await expect.poll(last).toMatchObject({
      name: 'success',
      detail: {
        via: flow === 'redirect' ? 'redirect' : 'popup',
        claims: { email: person.email, name: person.name, iss: server.issuer },
      },
    })
    expect(firefox.url()).toBe(`${shop.origin}/`)
    expect(await firefox.evaluate('JSON.stringify({ ...sessionStorage, ...localStorage })')).toBe(
      '{}',
    )
  })
}

test('Firefox: a no is an error, a closed window a cancel', async ({ firefox, shop, server }) => {
  await firefox.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { openWindow, last } = firefoxElement(firefox)

  const popup = await openWindow()
  await signInWithFirefox(popup, await server.createUser())
  await decide(popup, 'deny')
  await expect.poll(last).toMatchObject({ name: 'error', detail: { code: 'access_denied' } })

  const closed = await openWindow()
  // So that it cannot be taken for one that COOP cut off.
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  await closed.close()
  await expect.poll(last, { timeout: 10_000 }).toMatchObject({ name: 'cancel' })
})

test('Firefox: an isolated page, whose window is cut off from it', async ({
  firefox,
  shop,
  server,
}) => {
  const headers = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  }
  await firefox.goto(shop.page({ headers, body: shop.button({ flow: 'popup' }) }))
  const { findWindow, last } = firefoxElement(firefox)
  const popup = await findWindow()
  await signInWithFirefox(popup, await server.createUser())
  await decide(popup, 'approve')

  await expect.poll(last).toMatchObject({ name: 'success', detail: { via: 'popup' } })
})

// A184: a frame has a BroadcastChannel of its own there, which the window's word does not reach.
test('Firefox: in a frame of another site the window answers by its opener', async ({
  firefox,
  shop,
  server,
}) => {
  const news = await startSite('news')
  const url = shop.page({ body: shop.button() })
  await firefox.goto(news.serve('/', { body: `<iframe src="${url}" width="600" height="400">` }))
  const find = () => firefox.frames().find((frame) => frame.url() === url)
  await expect.poll(find).toBeTruthy()
  const frame = find() as Frame
  const { findWindow, last } = firefoxElement(firefox, frame)

  const popup = await findWindow()
  await signInWithFirefox(popup, await server.createUser())
  await decide(popup, 'approve')

  await expect.poll(last).toMatchObject({ name: 'success', detail: { via: 'popup' } })
  await news.stop()
})

test('Firefox: without a click no window opens, and auto goes on by redirect', async ({
  firefox,
  shop,
}) => {
  const last = `<script type="module">
    document.querySelector('autogpt-signin').signIn().catch(() => {})
  </script>`
  await firefox.goto(shop.page({ last, body: shop.button({ flow: 'popup' }) }))
  await expect
    .poll(firefoxElement(firefox).last)
    .toMatchObject({ name: 'error', detail: { code: 'popup_blocked' } })

  await firefox.goto(shop.page({ last, body: shop.button() }))
  await firefox.waitForSelector('input[name="password"]')
  expect(new URL(firefox.url()).pathname).toMatch(/^\/auth\/interaction\//)
})
