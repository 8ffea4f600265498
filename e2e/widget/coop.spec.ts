import { signInAndAllow } from '../journeys.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

const header = 'Cross-Origin-Opener-Policy'
const ofSite = ['unsafe-none', 'same-origin-allow-popups', 'noopener-allow-popups', 'same-origin']
const ofServer = ['unsafe-none', 'same-origin-allow-popups', 'same-origin']

for (const site of ofSite) {
  for (const ours of ofServer) {
    test(`a window of a ${site} page comes back from a ${ours} server`, async ({
      page,
      context,
      shop,
      server,
    }) => {
      // A178: as a proxy in front of the server might have it.
      await context.route(`${server.issuer}/auth/interaction/**`, async (route) => {
        if (route.request().method() !== 'GET') return route.continue()
        const response = await route.fetch({ maxRedirects: 0 })
        await route.fulfill({ response, headers: { ...response.headers(), [header]: ours } })
      })
      const headers = { [header]: site }
      await page.goto(shop.page({ headers, body: shop.button({ flow: 'popup' }) }))
      const { element, openWindow, heard } = elementPage(page)
      const popup = await openWindow()
      await signInAndAllow(popup, await server.createUser())

      await expect(element).toHaveAttribute('status', 'done')
      expect((await heard()).map(({ name }) => name)).toEqual(['start', 'success'])
    })
  }
}

test('a page that is isolated (COOP and COEP) signs people in', async ({ page, shop, server }) => {
  const headers = { [header]: 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
  const script = `<script type="module" crossorigin src="${server.issuer}/widget/v1/autogpt-signin.js"></script>`
  await page.goto(shop.page({ headers, script, body: shop.button({ flow: 'popup' }) }))
  const { element, openWindow } = elementPage(page)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  const popup = await openWindow()
  await signInAndAllow(popup, await server.createUser())

  await expect(element).toHaveAttribute('status', 'done')
})
