import { chromiumFlags, findChromium } from '../../scripts/chromium.ts'
import { signInDirectly } from '../journeys.ts'
import { consentPage } from '../pages/consent-page.ts'
import { elementPage } from './element-page.ts'
import { fedcmDialog } from './fedcm-dialog.ts'
import { expect, test } from './fixtures.ts'
import { startSite } from './site.ts'

test.use({
  launchOptions: {
    executablePath: findChromium(),
    args: [...chromiumFlags, '--test-third-party-cookie-phaseout'],
    ignoreDefaultArgs: ['--disable-popup-blocking'],
  },
})

test('this browser gives a frame of another site no cookies', async ({ page, shop }) => {
  const frame = await startSite('framed')
  const body = `<script>
    document.cookie = 'a=1; SameSite=None; Secure'
    document.title = document.cookie
  </script>`
  frame.serve('/', { body })
  await page.goto(frame.origin)
  await expect(page).toHaveTitle('a=1')

  await page.goto(shop.page({ body: `<iframe src="${frame.origin}"></iframe>` }))
  await expect
    .poll(() => page.frames().at(-1)?.evaluate('[document.readyState, document.title].join()'))
    .toBe('complete,')
  await frame.stop()
})

for (const flow of ['fedcm', 'popup', 'redirect']) {
  test(`${flow}: somebody signs in without cookies of third parties`, async ({
    page,
    shop,
    server,
  }) => {
    const person = await server.createUser()
    await signInDirectly(page, person)
    await page.goto(shop.page({ body: shop.button({ flow }) }))
    const { element, heard, openWindow } = elementPage(page)

    if (flow === 'fedcm') await fedcmDialog(page)
    const where = flow === 'popup' ? await openWindow() : page
    if (flow !== 'popup') await element.click()
    if (flow !== 'fedcm') await consentPage(where).allow.click()

    await expect(element).toHaveAttribute('status', 'done')
    expect((await heard()).at(-1)).toMatchObject({
      detail: { via: flow, claims: { email: person.email } },
    })
  })
}
