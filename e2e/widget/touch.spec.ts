import { devices } from '@playwright/test'
import { consentPage } from '../pages/consent-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { closedLate } from './fedcm-dialog.ts'
import { expect, test } from './fixtures.ts'

const withoutFedcm = '<script>delete window.IdentityCredential</script>'

const { defaultBrowserType: _, ...phone } = devices['Pixel 7']

test.describe('on a touch screen', () => {
  test.use(phone)

  test('auto goes by redirect, and comes back', async ({ page, shop, server }) => {
    await page.goto(shop.page({ first: withoutFedcm, body: shop.button() }))
    const { element, heard } = elementPage(page)

    await element.tap()
    await signInPage(page).signIn(await server.createUser())
    await consentPage(page).allow.tap()

    await expect(element).toHaveAttribute('status', 'done')
    expect((await heard()).at(-1)).toMatchObject({ detail: { via: 'redirect' } })
    expect(page.context().pages()).toHaveLength(1)
  })

  test('a window that is asked for is opened', async ({ page, shop }) => {
    await page.goto(shop.page({ first: withoutFedcm, body: shop.button({ flow: 'popup' }) }))

    const [popup] = await Promise.all([page.waitForEvent('popup'), elementPage(page).element.tap()])

    await expect(signInPage(popup).password).toBeVisible()
  })

  test('after a dialog that ended late the next click goes by redirect', async ({ page, shop }) => {
    await page.goto(shop.page({ first: closedLate, body: shop.button() }))
    const { element } = elementPage(page)
    await element.tap()
    await expect(element).toHaveAttribute('status', 'busy')
    await page.evaluate('window.later = 10_000; window.closeDialog()')
    await expect(element).toHaveAttribute('status', 'fallback')

    await element.tap()

    await expect(signInPage(page).password).toBeVisible()
    expect(page.context().pages()).toHaveLength(1)
  })
})

// Names of real ones; a window of theirs has no way back.
const inApps: Record<string, string> = {
  Facebook: 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 [FB_IAB/FB4A;FBAV/450.0.0.1;]',
  Messenger: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605 [FBAN/MessengerForiOS]',
  Instagram: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605 Instagram 300.0',
  LINE: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit/605 Safari Line/13.0',
  WeChat: 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0',
  'a WebView': 'Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36 Chrome/120.0',
}

for (const [app, userAgent] of Object.entries(inApps)) {
  test.describe(`inside of ${app}`, () => {
    test.use({ userAgent })

    test('auto goes by redirect', async ({ page, shop }) => {
      await page.goto(shop.page({ first: withoutFedcm, body: shop.button() }))

      await elementPage(page).element.click()

      await expect(signInPage(page).password).toBeVisible()
      expect(page.context().pages()).toHaveLength(1)
    })
  })
}
