import { en } from '../server/src/web/locales/en.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { newestMail } from './outbox.ts'
import { checkMailPage } from './pages/check-mail-page.ts'
import { consentPage } from './pages/consent-page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { signUpPage } from './pages/sign-up-page.ts'
import { newPerson } from './server.ts'
import { authorizeUrl } from './third-party.ts'

// Only the demo site is a single-page app; what AutoGPT itself shows needs no script.
test.use({ javaScriptEnabled: false })

test('sign-up, code and consent work without JavaScript', async ({ page, server, thirdParty }) => {
  const { callback } = thirdParty
  const person = newPerson()
  const app = await server.createApp({
    name: 'Plain',
    redirect_uris: [callback],
    scopes: ['IDENTITY', 'RUN_AGENT'],
    optional_scopes: ['RUN_AGENT'],
  })
  const scope = 'openid IDENTITY RUN_AGENT'
  await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: callback, scope }))

  await signInPage(page).signUpLink.click()
  await signUpPage(page).signUp(person)
  const { code } = await newestMail(server.dataDir, person.email)
  await checkMailPage(page).enter(code)
  await consentPage(page).box('RUN_AGENT').uncheck()
  await consentPage(page).allow.click()

  await page.waitForURL(`${callback}?code=*`)
})

test('sign-in, a wrong password and a no work without JavaScript', async ({
  page,
  server,
  thirdParty,
}) => {
  const { callback } = thirdParty
  const fields = { name: 'Plain', redirect_uris: [callback], scopes: ['IDENTITY'] }
  const app = await server.createApp(fields)
  const person = await server.createUser()
  await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: callback }))

  await signInPage(page).signIn({ ...person, password: 'not the password' })
  await expect(signInPage(page).email).toHaveValue(person.email)
  await signInPage(page).signIn(person)
  await consentPage(page).deny.click()

  await page.waitForURL(`${callback}?error=access_denied*`)
})

test('removing an app asks and works without JavaScript', async ({ page, server, thirdParty }) => {
  const { callback } = thirdParty
  const { apps } = en.account
  const fields = { name: 'Plain', redirect_uris: [callback], scopes: ['IDENTITY'] }
  const app = await server.createApp(fields)
  await signInDirectly(page, await server.createUser())
  await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: callback }))
  await consentPage(page).allow.click()
  await page.waitForURL(`${callback}?code=*`)
  await page.goto(`${server.issuer}/account/apps`)

  await expect(page.getByRole('button', { name: apps.yesRemove })).toBeHidden()
  await page.locator('summary', { hasText: apps.remove }).click()
  await page.getByRole('button', { name: apps.yesRemove }).click()

  await expect(page.getByText(apps.none)).toBeVisible()
})
