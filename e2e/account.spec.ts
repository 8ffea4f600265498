import { en } from '../server/src/web/locales/en.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { accountPage } from './pages/account-page.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'

test('a new name and time zone are what apps see from then on', async ({ page, server }) => {
  const person = await server.createUser()
  await signInDirectly(page, person)
  const account = accountPage(page)
  await account.open()

  await account.name.fill('Augusta King')
  await account.timezone.selectOption('Europe/Paris')
  await account.saveProfile.click()
  await expect(account.notice).toHaveText(en.account.profile.saved)

  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()
  await consentPage(page).allow.click()
  await demo.expectSignedIn({ ...person, name: 'Augusta King' })
  await expect(demo.claim('zoneinfo')).toHaveText('Europe/Paris')
})

test('a new password ends the sessions of other browsers and keeps this one', async ({
  page,
  server,
  anotherBrowser,
}) => {
  const person = await server.createUser()
  const elsewhere = await anotherBrowser()
  await signInDirectly(elsewhere, person)
  await signInDirectly(page, person)
  const account = accountPage(page)

  await account.currentPassword.fill(person.password)
  await account.newPassword.fill('seven amber lanterns')
  await account.changePassword.click()
  await expect(account.notice).toHaveText(en.account.password.saved)

  await elsewhere.goto('/account')
  await expect(signInPage(elsewhere).password).toBeVisible()
  await account.open()
  await expect(account.name).toHaveValue(person.name)
})

test('signing out on the account page ends the session', async ({ page, server }) => {
  await signInDirectly(page, await server.createUser())

  await accountPage(page).signOut.click()
  await accountPage(page).open()

  await expect(signInPage(page).password).toBeVisible()
})
