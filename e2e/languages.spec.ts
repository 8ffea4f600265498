import { de } from '../server/src/web/locales/de.ts'
import { expect, test } from './fixtures.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { authorizeUrl } from './third-party.ts'

test('an app that says ui_locales=de leads to German pages', async ({
  page,
  server,
  thirdParty,
}) => {
  const { callback } = thirdParty
  const fields = { name: 'Notizen', redirect_uris: [callback], scopes: ['IDENTITY', 'RUN_AGENT'] }
  const app = await server.createApp(fields)
  const person = await server.createUser()
  const scope = 'openid IDENTITY RUN_AGENT'

  await page.goto(
    authorizeUrl(server.issuer, app, { redirect_uri: callback, ui_locales: 'de', scope }),
  )

  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await expect(signInPage(page).heading).toHaveText(de.login.signIn.title)
  await signInPage(page).signIn(person)
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await expect(consentPage(page).allow).toHaveText(de.consent.approve)
  await expect(page.getByText(de.scopes.RUN_AGENT)).toBeVisible()
})

test.describe('in a browser that prefers German', () => {
  test.use({ locale: 'de-AT' })

  test('every page of a sign-in is German', async ({ page, server }) => {
    const person = await server.createUser()
    await demoPage(page, server.demoOrigin).signIn()

    await expect(signInPage(page).heading).toHaveText(de.login.signIn.title)
    await signInPage(page).signIn({ ...person, password: 'nicht das Passwort' })
    await expect(signInPage(page).errors).toContainText(de.login.errors.wrong)
    await signInPage(page).signIn(person)

    await expect(consentPage(page).deny).toHaveText(de.consent.deny)
    await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  })
})
