import { de } from '../server/src/web/locales/de.ts'
import { en } from '../server/src/web/locales/en.ts'
import { expectAccessible } from './accessibility.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly, signInOnDemo } from './journeys.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'

const words = en.account.apps

test('an app is narrowed, removed, and asks again the next time', async ({ page, server }) => {
  const person = await server.createUser()
  await signInOnDemo(page, server, person)
  await page.goto(`${server.issuer}/account`)
  await page.getByRole('link', { name: en.account.nav.apps }).click()
  const app = page.getByRole('region', { name: /Agent Notebook/ })
  await expect(app.getByRole('checkbox', { checked: true })).not.toHaveCount(0)
  await expectAccessible(page)

  await app.getByLabel(/See who you are/).uncheck()
  await app.getByRole('button', { name: words.narrow }).click()
  await expect(page.getByRole('status')).toHaveText(words.narrowed)
  await expect(app.getByLabel(/See who you are/)).toHaveCount(0)

  await expect(app.getByRole('button', { name: words.yesRemove })).toBeHidden()
  await app.locator('summary', { hasText: words.remove }).click()
  await expect(app.getByText(words.sure('Ada’s Agent Notebook (demo)'))).toBeVisible()
  await expectAccessible(page)
  await app.getByRole('button', { name: words.yesRemove }).click()
  await expect(page.getByText(words.none)).toBeVisible()
  await expectAccessible(page)
  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()
  await expect(consentPage(page).allow).toBeVisible()
})

test('connected apps fit 320 pixels, in German and in the dark', async ({
  anotherBrowser,
  server,
}) => {
  const page = await anotherBrowser({
    viewport: { width: 320, height: 640 },
    locale: 'de-DE',
    colorScheme: 'dark',
  })
  const person = await server.createUser()
  await signInDirectly(page, person)
  await demoPage(page, server.demoOrigin).signIn()
  await consentPage(page).allow.click()
  await page.goto(`${server.issuer}/account/apps`)

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Verbundene Apps')
  await page.locator('summary', { hasText: de.account.apps.remove }).click()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
  await expectAccessible(page)
})
