import { en } from '../server/src/web/locales/en.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly, signInOnDemo } from './journeys.ts'
import { newestMail } from './outbox.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'

test('somebody with an account signs in on the demo site, which shows who it is', async ({
  page,
  server,
}) => {
  const person = await server.createUser({ name: 'Grace Hopper' })
  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()
  await expect(page.getByText('Agent Notebook')).toBeVisible()

  await signInPage(page).signIn(person)
  await consentPage(page).allow.click()

  await demo.expectSignedIn(person)
  await expect(demo.claim('iss')).toHaveText(server.issuer)
  await expect(demo.claim('Time zone')).toHaveText('Europe/London')
  await expect(demo.claim('Credential')).toHaveText('oauth')
})

test('a wrong password keeps the e-mail address and says no more than needed', async ({
  page,
  server,
}) => {
  const { email, password } = await server.createUser()
  await demoPage(page, server.demoOrigin).signIn()

  await signInPage(page).signIn({ email, password: 'not the password' })

  await expect(signInPage(page).errors).toContainText('do not match')
  await expect(signInPage(page).email).toHaveValue(email)
  await expect(signInPage(page).password).toHaveValue('')
  await signInPage(page).signIn({ email, password })
  await expect(consentPage(page).allow).toBeVisible()
})

test('"use another account" asks who you are again, and goes on with the other', async ({
  page,
  server,
}) => {
  const [first, second] = [await server.createUser(), await server.createUser({ name: 'Grace' })]
  await signInDirectly(page, first)
  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()
  await expect(page.getByText(first.email)).toBeVisible()

  await consentPage(page).useAnotherAccount.click()
  await signInPage(page).signIn(second)
  await expect(page.getByText(second.email)).toBeVisible()
  await consentPage(page).allow.click()

  await demo.expectSignedIn(second)
})

test('the tokens can be refreshed, again and again', async ({ page, server }) => {
  await signInOnDemo(page, server, await server.createUser())
  const demo = demoPage(page, server.demoOrigin)
  await expect(demo.refreshed).toHaveText('not yet')

  await demo.refreshButton.click()
  await expect(demo.refreshed).toContainText('once')
  await demo.refreshButton.click()

  await expect(demo.refreshed).toContainText('2 times')
})

test('a forgotten password is replaced by mail', async ({ page, server, anotherBrowser }) => {
  const { email, name } = await server.createUser()
  await page.goto('/login')
  await signInPage(page).forgotLink.click()
  await page.locator('input[name="email"]').fill(email)
  await page.getByRole('button', { name: 'Send link' }).click()

  const { link } = await newestMail(server.dataDir, email)
  await page.goto(link)
  await page.locator('input[name="password"]').fill('seven amber lanterns')
  await page.getByRole('button', { name: 'Save password' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your account')
  await expect(page.getByRole('status')).toHaveText(en.account.password.saved)

  const person = { email, name, password: 'seven amber lanterns' }
  await signInOnDemo(await anotherBrowser(), server, person)
})

test('somebody who is signed in goes straight to what is asked', async ({ page, server }) => {
  const person = await server.createUser()
  await signInDirectly(page, person)

  await demoPage(page, server.demoOrigin).signIn()

  await expect(consentPage(page).allow).toBeVisible()
})
