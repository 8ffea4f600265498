import { expect, test } from './fixtures.ts'
import { signInDirectly, signInOnDemo } from './journeys.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { authorizeUrl } from './third-party.ts'

test('a request that has ended says so kindly and where to begin again', async ({ page }) => {
  const response = await page.goto('/auth/interaction/nothing-here')

  expect(response?.status()).toBe(400)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This request has ended')
  await expect(page.getByText('Go back to the app you came from')).toBeVisible()
})

test('the back button after finishing ends kindly', async ({ page, server }) => {
  await signInDirectly(page, await server.createUser())
  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()
  await consentPage(page).allow.click()
  await expect(demo.greeting).toBeVisible()

  await page.goBack()

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This request has ended')
})

test('a page that was left open allows nothing after the request was answered', async ({
  page,
  context,
  server,
}) => {
  await signInDirectly(page, await server.createUser())
  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()
  await expect(consentPage(page).allow).toBeVisible()
  const leftOpen = await context.newPage()
  await leftOpen.goto(page.url())
  await consentPage(page).deny.click()
  await expect(demo.problem).toBeVisible()

  await consentPage(leftOpen).allow.click()

  await expect(leftOpen.getByRole('heading', { level: 1 })).toHaveText('This request has ended')
})

test('the demo site says kindly that an answer was used before', async ({ page, server }) => {
  await signInOnDemo(page, server, await server.createUser())

  await page.goto(`${server.demoOrigin}/callback?code=used&state=old&iss=${server.issuer}`)

  await expect(page.getByRole('alert')).toContainText('This sign-in is already over')
  await expect(page).toHaveURL(`${server.demoOrigin}/`)
})

test('a redirect URI that is not registered shows what was sent and what is registered', async ({
  page,
  server,
  thirdParty,
}) => {
  const { callback } = thirdParty
  const app = await server.createApp({
    name: 'Typo',
    redirect_uris: [callback],
    scopes: ['IDENTITY'],
  })

  const sent = `${callback}/`
  const response = await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: sent }))

  expect(response?.status()).toBe(400)
  const main = page.getByRole('main')
  await expect(main).toContainText(sent)
  await expect(main).toContainText(callback)
  await expect(main.locator('mark').first()).toBeVisible()
})

test('two attempts in two tabs do not get in each other’s way', async ({
  page,
  context,
  server,
}) => {
  const person = await server.createUser()
  const second = await context.newPage()
  await demoPage(page, server.demoOrigin).signIn()
  await demoPage(second, server.demoOrigin).signIn()
  await expect(signInPage(second).password).toBeVisible()

  await signInPage(page).signIn(person)
  await consentPage(page).allow.click()
  await demoPage(page, server.demoOrigin).expectSignedIn(person)
  await signInPage(second).signIn(person)

  await demoPage(second, server.demoOrigin).expectSignedIn(person)
})
