import { expectAccessible } from './accessibility.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly, signInOnDemo } from './journeys.ts'
import { newestMail } from './outbox.ts'
import { checkMailPage } from './pages/check-mail-page.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { signUpPage } from './pages/sign-up-page.ts'
import { newPerson } from './server.ts'
import { authorizeUrl } from './third-party.ts'

test('pages that anybody can open are accessible', async ({ page }) => {
  for (const path of ['/', '/login', '/signup', '/forgot-password', '/nothing-here']) {
    await page.goto(path)
    await expectAccessible(page)
  }
})

test('signing up is accessible, its errors, mail and link pages included', async ({
  page,
  server,
}) => {
  const person = newPerson()
  await page.goto('/signup')
  await signUpPage(page).signUp({ ...person, password: 'password1' })
  await expect(signUpPage(page).errors).toBeVisible()
  await expectAccessible(page)
  await signUpPage(page).password.fill(person.password)
  await signUpPage(page).submit.click()
  await expect(checkMailPage(page).code).toBeVisible()
  await expectAccessible(page)
  const { link } = await newestMail(server.dataDir, person.email)

  await page.goto(link)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Yes, confirm' }).click()
  await expectAccessible(page)
})

test('replacing a password is accessible', async ({ page, server }) => {
  const { email } = await server.createUser()
  await page.goto('/forgot-password')
  await page.locator('input[name="email"]').fill(email)
  await page.getByRole('button', { name: 'Send link' }).click()
  await expectAccessible(page)
  const { link } = await newestMail(server.dataDir, email)

  await page.goto(link)
  await expectAccessible(page)
  await page.locator('input[name="password"]').fill('seven amber lanterns')
  await page.getByRole('button', { name: 'Save password' }).click()
  await expectAccessible(page)
})

test('a sign-in from the demo site to its greeting and out again is accessible', async ({
  page,
  server,
}) => {
  const person = await server.createUser()
  const demo = demoPage(page, server.demoOrigin)
  await demo.open()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'How this works' }).first().click()
  await expect(page.locator(':target')).toBeInViewport()
  await expectAccessible(page)
  await demo.signIn()
  await expect(signInPage(page).password).toBeVisible()
  await expectAccessible(page)
  await signInPage(page).signIn({ ...person, password: 'not the password' })
  await expect(signInPage(page).errors).toBeVisible()
  await expectAccessible(page)
  await signInPage(page).signIn(person)
  await expect(consentPage(page).allow).toBeVisible()
  await expectAccessible(page)
  await consentPage(page).box('RUN_AGENT').uncheck()
  await consentPage(page).allow.click()
  await demo.expectSignedIn(person)
  await expectAccessible(page)
  await demo.signOutEverywhere.click()
  await page.waitForURL('**/auth/logout?**')
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Stay signed in' }).click()
  await expectAccessible(page)
})

test('pages that end a request are accessible', async ({ page, server, thirdParty }) => {
  const { callback } = thirdParty
  const app = await server.createApp({ name: 'T', redirect_uris: [callback], scopes: ['IDENTITY'] })

  await page.goto('/auth/interaction/nothing-here')
  await expectAccessible(page)
  await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: `${callback}2` }))
  await expectAccessible(page)
  await page.goto(`${server.demoOrigin}/callback?error=access_denied&state=x`)
  await expect(page.getByRole('alert')).toBeVisible()
  await expectAccessible(page)
})

test('the account page is accessible', async ({ page, server }) => {
  await signInOnDemo(page, server, await server.createUser())

  await page.goto('/account')

  await expectAccessible(page)
})

test('administration is accessible', async ({ page, server }) => {
  await signInDirectly(page, server.admin)

  // /api/admin/docs is left out: Swagger UI is not ours to repair.
  for (const path of ['/admin', '/admin/apps/new']) {
    await page.goto(path)
    await expectAccessible(page)
  }
})
