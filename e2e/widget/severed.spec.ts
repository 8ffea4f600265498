import type { Page } from '@playwright/test'
import type { AutoGPTSignIn } from '../../widget/src/element.ts'
import { signInAndAllow } from '../journeys.ts'
import { consentPage } from '../pages/consent-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

// Cut off, a window says that it is closed whether it is or not.
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin' }

/**
 * The person is on the page again. Without a screen every page of a browser under test has the focus
 * all the time, so the page is told as a window's system would tell it.
 */
const comeBack = (page: Page) => page.evaluate(() => dispatchEvent(new Event('focus')))

const cutOff = async (page: Page) => {
  // The window is cut off a moment after its first page is there.
  await page.waitForTimeout(2_000)
}

test('while the person is in the window nothing ends, however long it takes', async ({
  page,
  shop,
}) => {
  await page.clock.install()
  await page.goto(shop.page({ headers, body: shop.button({ flow: 'popup' }) }))
  const { element, openWindow, names } = elementPage(page)
  await openWindow()

  await page.clock.runFor('09:00')

  await expect(element).toHaveAttribute('status', 'busy')
  expect(await names()).toEqual(['start'])
})

test('who comes back to the page is offered another window, and the first one still counts', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ headers, body: shop.button({ flow: 'popup' }) }))
  const { element, button, openWindow, heard, names } = elementPage(page)
  const popup = await openWindow()
  await cutOff(page)

  await comeBack(page)

  await expect(element).toHaveAttribute('status', 'fallback')
  await expect(button).toHaveAccessibleName('Continue in a window')
  expect((await heard()).slice(1)).toMatchObject([
    { name: 'fallback', detail: { from: 'popup', to: 'ask' } },
  ])
  await signInAndAllow(popup, await server.createUser())
  await expect(element).toHaveAttribute('status', 'done')
  expect(await names()).toEqual(['start', 'fallback', 'success'])
})

test('who closed it clicks again, and another window opens', async ({ page, shop, server }) => {
  const two = shop.button({ flow: 'popup', id: 'one' }) + shop.button({ flow: 'popup', id: 'two' })
  await page.goto(shop.page({ headers, body: two }))
  const one = elementPage(page, '#one')
  await (await one.openWindow()).close()
  await cutOff(page)
  await comeBack(page)
  await expect(one.element).toHaveAttribute('status', 'fallback')

  // Of the same element, or of another one.
  await (await one.openWindow()).close()
  await expect(one.element).toHaveAttribute('status', 'busy')
  await cutOff(page)
  await comeBack(page)
  const popup = await elementPage(page, '#two').openWindow()
  await signInAndAllow(popup, await server.createUser())

  await expect(elementPage(page, '#two').element).toHaveAttribute('status', 'done')
  expect((await one.heard()).map(({ name, id }) => `${name} ${id}`)).toEqual([
    'start one',
    'fallback one',
    'start one',
    'fallback one',
    'start two',
    'success two',
  ])
})

test('cancel() ends the asking, too', async ({ page, shop, server }) => {
  await page.goto(shop.page({ headers, body: shop.button({ flow: 'popup' }) }))
  const { element, openWindow, names } = elementPage(page)
  const popup = await openWindow()
  await cutOff(page)
  await comeBack(page)
  await expect(element).toHaveAttribute('status', 'fallback')

  await element.evaluate((it: AutoGPTSignIn) => it.cancel())

  await expect(element).toHaveAttribute('status', 'idle')
  await signInPage(popup).signIn(await server.createUser())
  await Promise.all([popup.waitForEvent('close'), consentPage(popup).allow.click()])
  expect(await names()).toEqual(['start', 'fallback'])
})

test('a look back at the page ends nothing where the window is seen', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { element, openWindow, names } = elementPage(page)
  const popup = await openWindow()
  await cutOff(page)

  await comeBack(page)

  await expect(element).toHaveAttribute('status', 'busy')
  await signInAndAllow(popup, await server.createUser())
  await expect(element).toHaveAttribute('status', 'done')
  expect(await names()).toEqual(['start', 'success'])
})

// Slow networks: until the first page is there a window is neither cut off nor closed.
test('a window that is cut off late is no closed one', async ({ page, context, shop, server }) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  await context.route(`${server.issuer}/auth/interaction/**`, async (route) => {
    if (route.request().method() !== 'GET') return route.continue()
    const response = await route.fetch({ maxRedirects: 0 })
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    await route.fulfill({ response, headers: { ...response.headers(), ...headers } })
  })
  const { element, openWindow, names } = elementPage(page)
  const popup = await openWindow()
  await expect(signInPage(popup).password).toBeVisible()

  // Longer than a closed window is waited for.
  await page.waitForTimeout(3_000)

  await expect(element).toHaveAttribute('status', 'busy')
  expect(await names()).toEqual(['start'])
})
