import { expect, test } from './fixtures.ts'
import { signInDirectly, signInOnDemo } from './journeys.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'

test('what was unticked is not granted, and only that is asked for later', async ({
  page,
  server,
}) => {
  const person = await server.createUser()
  const demo = demoPage(page, server.demoOrigin)
  const consent = consentPage(page)
  await demo.signIn()
  await signInPage(page).signIn(person)
  await expect(consent.box('READ_LIBRARY')).toBeChecked()
  await expect(consent.box('RUN_AGENT')).toBeChecked()

  await consent.box('RUN_AGENT').uncheck()
  await consent.allow.click()
  await demo.expectSignedIn(person)
  await expect(demo.granted).toHaveText(['openid', 'profile', 'email', 'IDENTITY', 'READ_LIBRARY'])
  await expect(demo.missing).toHaveText(['RUN_AGENT'])

  await demo.askAgainButton.click()
  await expect(consent.allow).toBeVisible()
  expect(await consent.choices()).toEqual(['RUN_AGENT'])
  await consent.allow.click()

  await expect(demo.granted).toContainText(['READ_LIBRARY', 'RUN_AGENT'])
  await expect(demo.missing).toHaveCount(0)
})

test('nobody is asked about what is granted already', async ({ page, server }) => {
  const person = await server.createUser()
  await signInOnDemo(page, server, person)

  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()

  await demo.expectSignedIn(person)
})

test('a no goes back to the app, which learns nothing and says so kindly', async ({
  page,
  server,
}) => {
  const person = await server.createUser()
  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()
  await signInPage(page).signIn(person)

  await consentPage(page).deny.click()

  await expect(demo.problem).toContainText('nothing was shared')
  await expect(demo.problem).toContainText('access_denied')
  await expect(demo.signInButton).toBeVisible()
  await expect(page).toHaveURL(`${server.demoOrigin}/`)
})

test('a reload of the page asks the same again', async ({ page, server }) => {
  await signInDirectly(page, await server.createUser())
  await demoPage(page, server.demoOrigin).signIn()
  const consent = consentPage(page)
  await expect(consent.allow).toBeVisible()

  await page.reload()

  expect(await consent.choices()).toEqual(['RUN_AGENT', 'READ_LIBRARY'])
})

test('the page says who asks, who you are and what is special about it', async ({
  page,
  server,
}) => {
  const person = await server.createUser()
  await demoPage(page, server.demoOrigin).signIn()
  await signInPage(page).signIn(person)

  await expect(consentPage(page).heading).toContainText('Agent Notebook')
  await expect(page.getByText(person.email)).toBeVisible()
  await expect(page.getByText('Spends credits')).toBeVisible()
  await expect(page.getByText('You return to')).toBeVisible()
  await expect(page.getByText(new URL(server.demoOrigin).host)).toBeVisible()
})
