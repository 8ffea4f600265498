import type { Page } from '@playwright/test'
import { expectAccessible } from '../accessibility.ts'
import { signInDirectly } from '../journeys.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { fedcmDialog } from './fedcm-dialog.ts'
import { expect, test } from './fixtures.ts'

// "Use a different account" opens the same window; that button is the one thing of the dialog that
// the DevTools protocol cannot press. A hint that fits nobody on the list opens it, too.
test('somebody else signs in within the dialog, where another person is signed in', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  const [first, second] = [await server.createUser(), await server.createUser()]
  await signInDirectly(page, first)
  await page.goto(shop.page({ body: shop.button({ 'login-hint': second.email }) }))
  const { shown } = await fedcmDialog(page)
  const { element, heard } = elementPage(page)

  const [window] = await Promise.all([page.context().waitForEvent('page'), element.click()])
  await expect(window.getByRole('main')).toContainText(first.email)
  await expectAccessible(window)
  await window.getByRole('button', { name: 'Use another account' }).click()
  await signInPage(window)
    .signIn(second)
    .catch(() => {})

  await expect(element).toHaveAttribute('status', 'done')
  expect(shown.at(-1)?.accounts.map(({ email }) => email)).toEqual([second.email])
  expect((await heard()).at(-1)).toMatchObject({
    detail: { via: 'fedcm', claims: { email: second.email } },
  })
  expect(complaints.splice(0).join()).toContain('none matched the login hint')
})

test('whoever is asked for somebody else can go on as who they are', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  const person = await server.createUser()
  await signInDirectly(page, person)
  await page.goto(shop.page({ body: shop.button({ 'login-hint': 'somebody@example.com' }) }))
  await fedcmDialog(page)
  const { element, heard } = elementPage(page)

  const [window] = await Promise.all([page.context().waitForEvent('page'), element.click()])
  await window
    .getByRole('link', { name: 'Continue', exact: true })
    .click({ noWaitAfter: true })
    .catch(() => {})

  await expect(element).toHaveAttribute('status', 'done')
  expect((await heard()).at(-1)).toMatchObject({ detail: { claims: { email: person.email } } })
  expect(complaints.splice(0).join()).toContain('none matched the login hint')
})

test('whoever is signed in, unknown to the dialog, only sees a window come and go', async ({
  page,
  context,
  shop,
  server,
  complaints,
}) => {
  const person = await server.createUser()
  await signInDirectly(page, person)
  // As after a year in which only the session was used.
  await context.clearCookies({ name: 'agpt_fedcm' })
  await page.goto(shop.page({ body: shop.button() }))
  await fedcmDialog(page)
  const { element, heard } = elementPage(page)

  const opened: Page[] = []
  context.on('page', (window) => opened.push(window))

  await element.click()

  await expect(element).toHaveAttribute('status', 'done')
  expect((await heard()).at(-1)).toMatchObject({
    detail: { via: 'fedcm', claims: { email: person.email } },
  })
  expect(opened.map((window) => window.isClosed())).toEqual([true])
  expect(complaints.splice(0).join()).toContain('401')
})

test('whoever signed out is on no dialog’s list any more', async ({
  page,
  context,
  shop,
  server,
  complaints,
}) => {
  await signInDirectly(page, await server.createUser())
  await page.goto('/auth/logout')
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.goto(shop.page({ body: shop.button() }))
  const { shown } = await fedcmDialog(page)
  const asked: string[] = []
  context.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const { element } = elementPage(page)

  const [window] = await Promise.all([context.waitForEvent('page'), element.click()])

  await expect(signInPage(window).password).toBeVisible()
  expect(shown).toEqual([])
  // The browser was told, so it need not ask.
  expect(asked).not.toContain('/fedcm/accounts')
  complaints.splice(0)
})

// Chromium signs nobody in without a dialog here: "automatic re-authentication" is off in headless
// and incognito windows. So the dialog is answered, once for a new person and once for a known one.
test('auto-prompt asks by itself, without a click and without a window', async ({
  page,
  shop,
  server,
}) => {
  const person = await server.createUser()
  await signInDirectly(page, person)
  const { shown } = await fedcmDialog(page)
  const { element, heard, names } = elementPage(page)
  const url = shop.page({ body: shop.button({ 'auto-prompt': true }) })

  for (const loginState of ['SignUp', 'SignIn']) {
    await page.goto(url)

    await expect(element).toHaveAttribute('status', 'done')
    expect(shown.at(-1)?.accounts[0]).toMatchObject({ email: person.email, loginState })
    expect(await names()).toEqual(['start', 'success'])
    expect((await heard())[0]).toMatchObject({ detail: { passive: true } })
    expect((await heard())[1]).toMatchObject({
      detail: { via: 'fedcm', claims: { email: person.email } },
    })
  }
})
