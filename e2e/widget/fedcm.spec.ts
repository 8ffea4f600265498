import type { AutoGPTSignIn } from '../../widget/src/element.ts'
import { signInDirectly } from '../journeys.ts'
import { consentPage } from '../pages/consent-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { fedcmDialog } from './fedcm-dialog.ts'
import { expect, test } from './fixtures.ts'

test('the browser’s own dialog signs in whoever is signed in at AutoGPT', async ({
  page,
  shop,
  server,
}) => {
  const person = await server.createUser()
  await signInDirectly(page, person)
  await page.goto(shop.page({ body: shop.button() }))
  const { shown } = await fedcmDialog(page)
  const { element, heard, names } = elementPage(page)

  await element.click()

  await expect(element).toHaveAttribute('status', 'done')
  expect(shown[0]?.accounts[0]).toMatchObject({ email: person.email, loginState: 'SignUp' })
  expect((await heard()).at(-1)).toMatchObject({
    name: 'success',
    detail: { via: 'fedcm', claims: { email: person.email } },
  })
  expect(await names()).toEqual(['start', 'success'])
  // Once allowed, the dialog has nothing to disclose any more.
  await element.click()
  await expect.poll(() => shown.at(-1)?.accounts[0]?.loginState).toBe('SignIn')
})

test('more than identity is asked on AutoGPT’s own page, in the dialog’s window', async ({
  page,
  shop,
  server,
}) => {
  const person = await server.createUser()
  await signInDirectly(page, person)
  await page.goto(shop.page({ body: shop.button({ scope: 'openid READ_LIBRARY' }) }))
  await fedcmDialog(page)
  const { element, heard } = elementPage(page)

  const [window] = await Promise.all([page.context().waitForEvent('page'), element.click()])
  // The window goes away in the middle of the click.
  await consentPage(window)
    .allow.click({ noWaitAfter: true })
    .catch(() => {})

  await expect(element).toHaveAttribute('status', 'done')
  expect((await heard()).at(-1)).toMatchObject({
    detail: { via: 'fedcm', grantedScopes: expect.arrayContaining(['READ_LIBRARY']) },
  })
})

test('an optional scope that was unticked in that window is missing, and that is no error', async ({
  page,
  shop,
  server,
}) => {
  await signInDirectly(page, await server.createUser())
  await page.goto(shop.page({ body: shop.button({ scope: 'openid READ_LIBRARY RUN_AGENT' }) }))
  await fedcmDialog(page)
  const { element, heard } = elementPage(page)

  const [window] = await Promise.all([page.context().waitForEvent('page'), element.click()])
  await consentPage(window).box('RUN_AGENT').uncheck()
  await consentPage(window)
    .allow.click({ noWaitAfter: true })
    .catch(() => {})

  await expect(element).toHaveAttribute('status', 'done')
  const { via, grantedScopes } = (await heard()).at(-1)?.detail ?? {}
  expect(via).toBe('fedcm')
  expect(grantedScopes).toContain('READ_LIBRARY')
  expect(grantedScopes).not.toContain('RUN_AGENT')
})

test('a no in that window is a no', async ({ page, shop, server }) => {
  await signInDirectly(page, await server.createUser())
  await page.goto(shop.page({ body: shop.button({ scope: 'openid READ_LIBRARY' }) }))
  await fedcmDialog(page)
  const { element, heard } = elementPage(page)

  const [window] = await Promise.all([page.context().waitForEvent('page'), element.click()])
  await consentPage(window)
    .deny.click({ noWaitAfter: true })
    .catch(() => {})

  await expect(element).toHaveAttribute('status', 'error')
  expect((await heard()).at(-1)).toMatchObject({ name: 'error', detail: { code: 'access_denied' } })
})

test('whoever is signed out signs in within the dialog', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  const person = await server.createUser()
  await page.goto(shop.page({ body: shop.button() }))
  await fedcmDialog(page)
  const { element, heard } = elementPage(page)

  const [window] = await Promise.all([page.context().waitForEvent('page'), element.click()])
  await window.waitForLoadState()
  expect(new URL(window.url()).pathname).toMatch(/^\/(fedcm\/login|auth\/)/)
  await signInPage(window)
    .signIn(person)
    .catch(() => {})

  await expect(element).toHaveAttribute('status', /done|busy/)
  await expect.poll(async () => (await heard()).at(-1)?.name).toBe('success')
  expect((await heard()).at(-1)).toMatchObject({ detail: { claims: { email: person.email } } })
  complaints.splice(0)
})

test('a dialog that was closed late asks for another click, which opens a window', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  await signInDirectly(page, await server.createUser())
  await page.goto(shop.page({ body: shop.button() }))
  const dialog = await fedcmDialog(page)
  dialog.dismiss()
  const { element, button, openWindow, names } = elementPage(page)

  await element.click()

  await expect(element).toHaveAttribute('status', 'fallback')
  await expect(button).toHaveAccessibleName('Continue in a window')
  const popup = await openWindow()
  await consentPage(popup).allow.click()
  await expect(element).toHaveAttribute('status', 'done')
  expect(await names()).toEqual(['start', 'fallback', 'start', 'success'])
  complaints.splice(0)
})

test('disconnect() lets go of the person', async ({ page, shop, server, complaints }) => {
  await signInDirectly(page, await server.createUser())
  await page.goto(shop.page({ body: shop.button() }))
  const { shown } = await fedcmDialog(page)
  const { element } = elementPage(page)
  await element.click()
  await expect(element).toHaveAttribute('status', 'done')

  await element.evaluate((it: AutoGPTSignIn) => it.disconnect())

  await element.click()
  await expect.poll(() => shown.length).toBe(2)
  expect(shown[1]?.accounts[0]?.loginState).toBe('SignUp')
  complaints.splice(0)
})
