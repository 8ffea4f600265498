import { tabOrder } from './accessibility.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'

test('the Tab key goes through sign-in in the order of reading', async ({ page }) => {
  await page.goto('/login')
  await expect(signInPage(page).email).toBeFocused()

  expect(await tabOrder(page)).toEqual([
    'Skip to content',
    'AutoGPT',
    'email',
    'password',
    'Forgot your password?',
    'Sign in',
    'Create an account',
  ])
})

test('the Tab key goes through sign-up in the order of reading', async ({ page }) => {
  await page.goto('/signup')

  expect(await tabOrder(page)).toEqual([
    'Skip to content',
    'AutoGPT',
    'email',
    'name',
    'password',
    'Create account',
    'Sign in',
  ])
})

test('the Tab key goes through consent in the order of reading', async ({ page, server }) => {
  await signInDirectly(page, await server.createUser())
  await demoPage(page, server.demoOrigin).signIn()
  await expect(consentPage(page).allow).toBeVisible()

  expect(await tabOrder(page)).toEqual([
    'Skip to content',
    'AutoGPT',
    'Use another account',
    'scope',
    'scope',
    'decision Deny',
    'decision Allow',
  ])
})

test('the whole way from the demo site and back needs no mouse', async ({ page, server }) => {
  const person = await server.createUser()
  const demo = demoPage(page, server.demoOrigin)
  await demo.open()
  await demo.signInButton.focus()
  await page.keyboard.press('Enter')

  await expect(signInPage(page).email).toBeFocused()
  await page.keyboard.type(person.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(person.password)
  await page.keyboard.press('Enter')
  await expect(consentPage(page).allow).toBeVisible()
  await consentPage(page).box('RUN_AGENT').focus()
  await page.keyboard.press('Space')
  await consentPage(page).allow.focus()
  await page.keyboard.press('Enter')

  await demo.expectSignedIn(person)
  await expect(demo.greeting).toBeFocused()
  await expect(demo.missing).toHaveText(['RUN_AGENT'])
})

test('Enter on a checkbox allows nothing', async ({ page, server }) => {
  await signInDirectly(page, await server.createUser())
  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()

  await consentPage(page).box('RUN_AGENT').press('Enter')

  await expect(demo.problem).toContainText('access_denied')
})
