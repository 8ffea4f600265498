import type { AutoGPTSignIn } from '../../widget/src/element.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

// The hash of PKCE takes a moment, in which no window is there yet that could be taken away.
const endings = {
  'cancel()': (it: AutoGPTSignIn) => {
    it.signIn().catch(() => {})
    it.cancel()
  },
  'its removal': (it: AutoGPTSignIn) => {
    it.signIn().catch(() => {})
    it.remove()
  },
}

for (const [how, end] of Object.entries(endings)) {
  for (const flow of ['popup', 'redirect']) {
    test(`${how} right after the click leaves nothing to open: ${flow}`, async ({ page, shop }) => {
      await page.goto(shop.page({ body: `<main>${shop.button({ flow })}</main>` }))
      const address = page.url()
      let opened = 0
      page.on('popup', () => {
        opened += 1
      })
      const { element, names } = elementPage(page)
      await element.evaluate(() => {
        const { open } = window
        window.open = (...args) => {
          document.title = 'opened'
          return open.call(window, ...args)
        }
      })

      await element.evaluate(end)

      await page.waitForTimeout(1_000)
      expect(page.url()).toBe(address)
      expect(opened).toBe(0)
      await expect(page).not.toHaveTitle('opened')
      expect(await page.evaluate(() => ({ ...sessionStorage }))).toEqual({})
      if (how === 'cancel()') {
        await expect(element).toHaveAttribute('status', 'idle')
        expect(await names()).toEqual(['start', 'cancel'])
      }
    })
  }
}
