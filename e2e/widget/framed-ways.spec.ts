import type { FrameLocator, Page } from '@playwright/test'
import { signInPage } from '../pages/sign-in-page.ts'
import type { Heard } from './element-page.ts'
import { test as base, expect } from './fixtures.ts'
import { startSite } from './site.ts'

interface Framed {
  /** Shows a page of the shop within a page of another site. */
  frame(address: string, sandbox?: string): Promise<FrameLocator>
}

const test = base.extend<Framed>({
  frame: async ({ page }, use) => {
    const around = await startSite('around')
    await use(async (address, sandbox) => {
      const limits = sandbox ? `sandbox="${sandbox}"` : ''
      const body = `<!doctype html><title>Around</title><iframe src="${address}" ${limits}></iframe>`
      await page.goto(around.serve('/', { body }))
      return page.frameLocator('iframe')
    })
    await around.stop()
  },
})

const heardIn = async (page: Page): Promise<Heard[]> =>
  (await page.frames()[1]?.evaluate('window.heard')) as Heard[]

/** As where FedCM is not allowed in the frame, in a browser that has it. */
const withoutFedcm = '<script>delete window.IdentityCredential</script>'

test('where the frame may open none, it says so and goes nowhere', async ({
  page,
  shop,
  frame,
  complaints,
}) => {
  const body = shop.button()
  const address = shop.page({ first: withoutFedcm, body })
  const framed = await frame(address, 'allow-scripts allow-same-origin')
  const element = framed.locator('autogpt-signin')

  await element.click()

  await expect(element).toHaveAttribute('status', 'error')
  expect((await heardIn(page)).at(-1)).toMatchObject({
    name: 'error',
    detail: { code: 'popup_blocked', message: expect.stringMatching(/click/) },
  })
  expect(page.frames()[1]?.url()).toBe(address)
  // The sandbox's own words.
  expect(complaints.splice(0).join()).toMatch(/allow-popups/)
})

// The server's pages may not be framed: the person would see the browser's error in the frame.
test('a redirect in a frame is refused before it begins', async ({ page, shop, frame }) => {
  const ways: Record<string, string>[] = [{ flow: 'redirect' }, { 'backend-uri': '/auth/start' }]
  for (const way of ways) {
    const address = shop.page({ body: shop.button(way) })
    const framed = await frame(address)
    const element = framed.locator('autogpt-signin')

    await element.click()

    await expect(element).toHaveAttribute('status', 'error')
    expect((await heardIn(page)).at(-1)).toMatchObject({
      detail: { code: 'unsupported', message: expect.stringContaining('flow="popup"') },
    })
    expect(page.frames()[1]?.url()).toBe(address)
  }
})

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true, isMobile: true })

  test('a frame opens a window, too', async ({ page, shop, frame }) => {
    const framed = await frame(shop.page({ first: withoutFedcm, body: shop.button() }))

    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      framed.locator('autogpt-signin').tap(),
    ])

    await expect(signInPage(popup).password).toBeVisible()
  })
})

// A183: an answer that nobody in this frame can have asked for, for a redirect needs what it has not
test('a forged answer in a frame without storage is an error, and no more than that', async ({
  page,
  shop,
  frame,
}) => {
  const address = shop.page({ first: withoutFedcm, body: shop.button() })
  const framed = await frame(`${address}?code=x&state=agpr.forged&iss=x`, 'allow-scripts')

  await expect(framed.locator('autogpt-signin')).toHaveAttribute('status', 'error')
  expect(await heardIn(page)).toMatchObject([{ name: 'error', detail: { code: 'state_mismatch' } }])
})
