import { expect, test } from './fixtures.ts'
import { signInOnDemo } from './journeys.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'

test('signing out here keeps the session at AutoGPT', async ({ page, server }) => {
  const person = await server.createUser()
  await signInOnDemo(page, server, person)
  const demo = demoPage(page, server.demoOrigin)

  await demo.signOutHere.click()

  await expect(demo.notice).toContainText('signed out here')
  await demo.signInButton.click()
  await demo.expectSignedIn(person)
})

test('signing out everywhere ends the session at AutoGPT too', async ({ page, server }) => {
  await signInOnDemo(page, server, await server.createUser())
  const demo = demoPage(page, server.demoOrigin)

  await demo.signOutEverywhere.click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()

  await expect(page).toHaveURL(`${server.demoOrigin}/`)
  await expect(demo.notice).toContainText('signed out, here and at AutoGPT')
  await demo.signInButton.click()
  await expect(signInPage(page).password).toBeVisible()
})

test('a sign-out that an app asked for can be turned down', async ({ page, server }) => {
  const person = await server.createUser()
  await signInOnDemo(page, server, person)
  const demo = demoPage(page, server.demoOrigin)

  await demo.signOutEverywhere.click()
  await page.getByRole('link', { name: 'Stay signed in' }).click()

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are still signed in')
  await demo.signIn()
  await demo.expectSignedIn(person)
})

test('signing out everywhere works when AutoGPT’s session is over already', async ({
  page,
  context,
  server,
}) => {
  await signInOnDemo(page, server, await server.createUser())
  const demo = demoPage(page, server.demoOrigin)
  await context.clearCookies()

  await demo.signOutEverywhere.click()

  await expect(demo.notice).toContainText('signed out, here and at AutoGPT')
})
