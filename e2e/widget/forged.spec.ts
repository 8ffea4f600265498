import { signInAndAllow } from '../journeys.ts'
import { answerWith } from './answers.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

const markup = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'

// A183
test('an error with markup in it is text for the developer, and nothing for the person', async ({
  page,
  context,
  shop,
  server,
}) => {
  await answerWith(context, server, { error: markup, error_description: markup })
  for (const flow of ['popup', 'redirect']) {
    await page.goto(shop.page({ body: shop.button({ flow }) }))
    const { element, message, heard } = elementPage(page)
    await element.click()

    await expect(element).toHaveAttribute('status', 'error')
    await expect(message).toHaveText('Sign-in failed')
    expect((await heard()).at(-1)).toMatchObject({
      detail: { code: 'server_error', message: `${markup} ${markup}` },
    })
    expect(await page.evaluate('window.ran')).toBeUndefined()
  }
})

// A183: whoever is sent to a callback without a window that waits for it
test('a window’s answer in a plain tab is taken out of the address, and nothing happens', async ({
  page,
  shop,
  complaints,
}) => {
  const address = shop.page({ body: shop.button() })
  await page.goto(`${shop.origin}/listener.js`)
  await page.goto(`${address}?code=stolen&state=agpp.forged&iss=x`)
  const { element, names } = elementPage(page)

  await expect(element).toHaveAttribute('status', 'idle')
  await page.waitForTimeout(500)
  expect(page.url()).toBe(address)
  expect(await names()).toEqual([])
  // Chromium's own: only what a script opened may a script close.
  expect(complaints.splice(0).join()).toMatch(/^(.*close only the windows.*)?$/)
})

// A183, A177: an answer counts once, and for the attempt that it answers
test('a message that is sent again signs nobody in again', async ({ page, shop, server }) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  await page.evaluate(() => {
    addEventListener('message', ({ data }) => Object.assign(window, { told: data }))
  })
  const { element, openWindow, names } = elementPage(page)
  const popup = await openWindow()
  const redeemed: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/api/oauth/token')) redeemed.push(request.url())
  })
  await signInAndAllow(popup, await server.createUser())
  await expect(element).toHaveAttribute('status', 'done')
  const again = () =>
    page.evaluate(() => {
      const { told } = window as Window & { told?: { state: string } }
      const state = told?.state ?? ''
      new BroadcastChannel(state).postMessage(told)
      postMessage(told)
      return state
    })

  expect(await again()).toMatch(/^agpp\./)
  await element.evaluate((it) => it.setAttribute('prompt', 'login'))
  await openWindow()
  await again()

  await page.waitForTimeout(500)
  await expect(element).toHaveAttribute('status', 'busy')
  expect(await names()).toEqual(['start', 'success', 'start'])
  expect(redeemed).toHaveLength(1)
})

// A183
test('a forged answer is gone with the page that it was sent to', async ({ page, shop }) => {
  const empty = shop.page({ body: '' })
  await page.goto(`${empty}?code=x&state=agpr.forged&iss=x`)
  expect(page.url()).toBe(empty)

  shop.page({ body: shop.button() })
  await page.reload()
  const { element, names } = elementPage(page)

  await expect(element).toHaveAttribute('status', 'idle')
  await page.waitForTimeout(300)
  expect(await names()).toEqual([])
})
