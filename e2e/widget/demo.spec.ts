import type { Page } from '@playwright/test'
import { expectAccessible } from '../accessibility.ts'
import { signInAndAllow, signInDirectly } from '../journeys.ts'
import { consentPage } from '../pages/consent-page.ts'
import { demoPage } from '../pages/demo-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { fedcmDialog } from './fedcm-dialog.ts'
import { expect, test } from './fixtures.ts'

const outcomeOf = (page: Page) => page.locator('#outcome')

/** A browser without a dialog of its own. */
const withoutFedcm = (page: Page) => page.addInitScript('delete window.IdentityCredential')

test('the demo’s first page leads to the button, and its dialog tells who signed in', async ({
  page,
  server,
}) => {
  const person = await server.createUser()
  await signInDirectly(page, person)
  await demoPage(page, server.demoOrigin).open()
  await page.getByRole('link', { name: 'the sign-in button' }).click()
  const { shown } = await fedcmDialog(page)

  await elementPage(page, '#automatic').element.click()

  const outcome = outcomeOf(page)
  await expect(outcome.getByRole('heading')).toHaveText(`Hello, ${person.name}`)
  await expect(outcome).toContainText(person.email)
  await expect(outcome).toContainText('Wayfedcm')
  await outcome.getByRole('button', { name: 'Forget me here' }).click()
  await expect(outcome).toContainText('Nobody is signed in here')
  await expect(outcome).not.toContainText(person.email)
  // Signed out of the site, and no more than that.
  await elementPage(page, '#automatic').element.click()
  await expect(outcome).toContainText(person.email)
  expect(shown.at(-1)?.accounts[0]?.loginState).toBe('SignIn')
})

test('the demo’s button by FedCM asks in the dialog, and says where there is none', async ({
  page,
  server,
}) => {
  const person = await server.createUser()
  await signInDirectly(page, person)
  await page.goto(`${server.demoOrigin}/button`)
  await fedcmDialog(page)
  await elementPage(page, '#by-fedcm').element.click()
  await expect(outcomeOf(page)).toContainText('Wayfedcm')

  await withoutFedcm(page)
  await page.goto(`${server.demoOrigin}/button`)
  await elementPage(page, '#by-fedcm').element.click()
  await expect(outcomeOf(page)).toContainText('unsupported')
})

for (const [id, flow] of Object.entries({ 'in-a-window': 'popup', 'by-redirect': 'redirect' })) {
  test(`the demo’s button ${id} signs somebody in`, async ({ page, server }) => {
    const person = await server.createUser()
    await page.goto(`${server.demoOrigin}/button`)
    const { begin } = elementPage(page, `#${id}`)

    const where = await begin(flow)
    await signInAndAllow(where, person)

    const outcome = outcomeOf(page)
    await expect(outcome.getByRole('heading')).toHaveText(`Hello, ${person.name}`)
    await expect(outcome).toContainText(`Way${flow}`)
    expect(page.url()).toBe(`${server.demoOrigin}/button`)
  })
}

test('the demo’s button asks for more, and shows what was allowed of it', async ({
  page,
  server,
}) => {
  await withoutFedcm(page)
  await page.goto(`${server.demoOrigin}/button`)
  const popup = await elementPage(page, '#more-permissions').openWindow()
  await signInPage(popup).signIn(await server.createUser())
  await consentPage(popup).box('RUN_AGENT').uncheck()
  await consentPage(popup).allow.click()

  await expect(outcomeOf(page)).toContainText('READ_LIBRARY')
  await expect(outcomeOf(page)).not.toContainText('RUN_AGENT')
})

test('the demo’s button hands over a code, and no token comes into the page', async ({
  page,
  server,
}) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await withoutFedcm(page)
  await page.goto(`${server.demoOrigin}/button`)
  const popup = await elementPage(page, '#a-code-for-a-backend').openWindow()
  await signInAndAllow(popup, await server.createUser())

  await expect(outcomeOf(page)).toContainText('code, state, codeVerifier, redirectUri, nonce, iss')
  expect(asked).not.toContain('/api/oauth/token')
})

test('a window that is closed is told on the demo, and so is a no', async ({ page, server }) => {
  await page.goto(`${server.demoOrigin}/button`)
  const { openWindow } = elementPage(page, '#in-a-window')
  const closed = await openWindow()
  // So that it cannot be taken for one that COOP cut off.
  await page.waitForTimeout(2_000)
  await closed.close()
  await expect(outcomeOf(page)).toContainText('Nothing was shared')

  const popup = await openWindow()
  await signInPage(popup).signIn(await server.createUser())
  await consentPage(popup).deny.click()
  await expect(outcomeOf(page)).toContainText('access_denied')
})

test('the demo’s page of the button is accessible, and fits 320 pixels', async ({
  page,
  server,
}) => {
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto(`${server.demoOrigin}/button`)
  await expect(page.getByRole('button', { name: /AutoGPT/ })).toHaveCount(6)

  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
  await expectAccessible(page)
})
