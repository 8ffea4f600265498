import type { Page } from '@playwright/test'
import type { AutoGPTSignIn } from '../../widget/src/element.ts'
import { signInAndAllow } from '../journeys.ts'
import type { Server } from '../server.ts'
import { elementPage } from './element-page.ts'
import { closedLate } from './fedcm-dialog.ts'
import { expect, test } from './fixtures.ts'

const byRedirect = { flow: 'redirect', 'response-type': 'code' }

/** Away with a click, and back with the answer. */
async function goAndReturn(page: Page, server: Server): Promise<void> {
  await elementPage(page, 'autogpt-signin >> nth=0').element.click()
  await signInAndAllow(page, await server.createUser())
  await page.waitForURL(/^http:\/\/shop\./)
}

test('after a redirect the element has the answer, and the address has not', async ({
  page,
  shop,
  server,
}) => {
  const address = shop.page({ body: shop.button(byRedirect) })
  await page.goto(address)
  await goAndReturn(page, server)
  const { element, heard } = elementPage(page)

  await expect(element).toHaveAttribute('status', 'done')
  expect(page.url()).toBe(address)
  expect(await heard()).toMatchObject([
    { name: 'success', detail: { status: 'code', via: 'redirect' } },
  ])
})

test('of two elements one has the answer', async ({ page, shop, server }) => {
  const two = shop.button({ ...byRedirect, id: 'one' }) + shop.button({ ...byRedirect, id: 'two' })
  await page.goto(shop.page({ body: two }))
  await goAndReturn(page, server)

  await expect(elementPage(page, '#one').element).toHaveAttribute('status', 'done')
  await expect(elementPage(page, '#two').element).toHaveAttribute('status', 'idle')
  expect(await elementPage(page).names()).toEqual(['success'])
})

// A141: of two servers, either may choose the other one's id for its client
test('an answer is for the button of the server that it was asked of', async ({
  page,
  shop,
  server,
}) => {
  const other = { ...byRedirect, id: 'other', issuer: 'https://other.example' }
  const both = shop.button({ ...byRedirect, id: 'own' }) + shop.button(other)
  await page.goto(shop.page({ body: both }))
  const reversed = shop.button(other) + shop.button({ ...byRedirect, id: 'own' })
  shop.page({ body: reversed })
  await elementPage(page, '#own').element.click()
  await signInAndAllow(page, await server.createUser())
  await page.waitForURL(/^http:\/\/shop\./)

  await expect(elementPage(page, '#own').element).toHaveAttribute('status', 'done')
  await expect(elementPage(page, '#other').element).toHaveAttribute('status', 'idle')
})

test('a listener that comes with the page’s own script hears of it', async ({
  page,
  shop,
  server,
}) => {
  const late = `<script type="module">
    const button = document.querySelector('autogpt-signin')
    while (button.status === 'idle') await new Promise(requestAnimationFrame)
    button.addEventListener('autogpt-signin-success', ({ detail }) => { window.late = detail.status })
  </script>`
  const parts = { body: shop.button(byRedirect) }
  await page.goto(shop.page(parts))
  shop.page({ ...parts, last: late })
  await goAndReturn(page, server)

  await expect.poll(() => page.evaluate('window.late')).toBe('code')
})

test('a page that mounts twice loses nothing', async ({ page, shop, server }) => {
  const parts = { body: shop.button({ flow: 'redirect' }) }
  await page.goto(shop.page(parts))
  // The exchange waits until the first element is gone.
  let release = () => {}
  const isMountedTwice = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/api/oauth/token', async (route) => {
    await isMountedTwice
    await route.continue()
  })
  await goAndReturn(page, server)
  await expect(elementPage(page).element).toHaveAttribute('status', 'busy')

  await page.evaluate(() => {
    const first = document.querySelector('autogpt-signin')
    const again = first?.cloneNode() as Element
    again.id = 'again'
    first?.replaceWith(again)
  })
  await expect(elementPage(page, '#again').element).toHaveAttribute('status', 'busy')
  release()

  await expect(elementPage(page).element).toHaveAttribute('status', 'done')
  const heard = await elementPage(page).heard()
  expect(heard.map(({ name, id }) => `${name} ${id}`)).toEqual(['success again'])
})

test('an answer that nobody here asked for is an error, once', async ({ page, shop }) => {
  const address = shop.page({ body: shop.button() + shop.button() })

  await page.goto(`${address}?code=stolen&state=agpr.forged&iss=x&keep=me`)

  expect(page.url()).toBe(`${address}?keep=me`)
  await expect
    .poll(() => elementPage(page).heard())
    .toMatchObject([{ name: 'error', detail: { code: 'state_mismatch' } }])
  await page.evaluate(() => {
    for (const it of document.querySelectorAll('autogpt-signin')) document.body.append(it)
  })
  await page.evaluate(() => new Promise(requestAnimationFrame))
  expect(await elementPage(page).names()).toEqual(['error'])
})

test('back on a page that the browser kept, nothing is under way any more', async ({
  page,
  shop,
}) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { element, button, openWindow } = elementPage(page)
  await openWindow()

  // What a browser says after its back button; Chromium under test keeps no page.
  await page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  })

  await expect(element).toHaveAttribute('status', 'idle')
  await expect(button).not.toHaveAttribute('aria-busy')
})

test('where the browser’s dialog ends late, the next click opens the window at once', async ({
  page,
  shop,
}) => {
  await page.goto(shop.page({ first: closedLate, body: shop.button({ 'response-type': 'code' }) }))
  const { element, button, said, openWindow, heard, names } = elementPage(page)
  await element.click()
  await expect(element).toHaveAttribute('status', 'busy')

  await page.evaluate('window.later = 10_000; window.closeDialog()')

  await expect(element).toHaveAttribute('status', 'fallback')
  await expect(button).toHaveAccessibleName('Continue in a window')
  await expect(said).toHaveText('Continue in a window')
  expect((await heard()).at(-1)).toMatchObject({ name: 'fallback', detail: { to: 'ask' } })
  await openWindow()
  expect(await names()).toEqual(['start', 'fallback', 'start'])
})

test('a quiet question that nobody answers is no event, and gives way to a click', async ({
  page,
  shop,
}) => {
  const dialog = `<script>
    window.IdentityCredential ??= class {}
    navigator.credentials.get = ({ signal, mediation }) => new Promise((resolve, reject) => {
      window.asked = mediation
      signal.addEventListener('abort', () => {
        window.asked = 'no more'
        reject(signal.reason)
      })
    })
  </script>`
  const body = shop.button({ 'auto-prompt': true, flow: 'popup' })
  await page.goto(shop.page({ first: dialog, body }))
  const { element, openWindow, heard } = elementPage(page)
  await expect.poll(() => page.evaluate('window.asked')).toBe('optional')
  await expect(element).toHaveAttribute('status', 'idle')

  await openWindow()

  await expect(element).toHaveAttribute('status', 'busy')
  expect(await page.evaluate('window.asked')).toBe('no more')
  expect((await heard()).map(({ name, detail }) => [name, detail.passive])).toEqual([
    ['start', true],
    ['start', false],
  ])
})

test('preload() opens the connection, handleCallback() may be called again', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ body: shop.button() }))

  await elementPage(page).element.evaluate((it) => {
    const { handleCallback, preload } = it.constructor as typeof AutoGPTSignIn
    handleCallback()
    preload.call(it.constructor)
  })

  await expect(page.locator('link[rel="preconnect"]')).toHaveAttribute('href', server.issuer)
})
