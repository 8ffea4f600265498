import { consentPage } from '../pages/consent-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

const byRedirect = { flow: 'redirect' }
const more = 'openid profile email READ_LIBRARY RUN_AGENT'

test('by redirect a no is an error, and the next click asks again', async ({
  page,
  shop,
  server,
}) => {
  const address = shop.page({ body: shop.button(byRedirect) })
  await page.goto(address)
  const { element, message, heard } = elementPage(page)
  await element.click()
  await signInPage(page).signIn(await server.createUser())
  await consentPage(page).deny.click()

  await expect(element).toHaveAttribute('status', 'error')
  await expect(message).toHaveText('Sign-in failed')
  expect((await heard()).at(-1)).toMatchObject({ name: 'error', detail: { code: 'access_denied' } })
  expect(page.url()).toBe(address)
  await element.click()
  await consentPage(page).allow.click()
  await expect(element).toHaveAttribute('status', 'done')
})

test('by redirect more is asked, and what was unticked is missing', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ body: shop.button({ ...byRedirect, scope: more }) }))
  const { element, heard } = elementPage(page)
  await element.click()
  await signInPage(page).signIn(await server.createUser())
  await page.getByRole('checkbox').uncheck()
  await consentPage(page).allow.click()

  await expect(element).toHaveAttribute('status', 'done')
  const { grantedScopes } = (await heard()).at(-1)?.detail ?? {}
  expect(grantedScopes).toContain('READ_LIBRARY')
  expect(grantedScopes).not.toContain('RUN_AGENT')
})

test('by redirect an unknown app and a page that is not registered end there, and back is idle', async ({
  page,
  shop,
}) => {
  const mistakes: Record<string, string>[] = [
    { 'client-id': 'agpt_client_unknown' },
    { 'redirect-uri': `${shop.origin}/elsewhere` },
  ]
  const { element, names } = elementPage(page)
  for (const mistake of mistakes) {
    await page.goto(shop.page({ body: shop.button({ ...byRedirect, ...mistake }) }))
    await element.click()

    await page.waitForURL('**/auth/authorize?**')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.locator('input[name="password"]')).toHaveCount(0)
    await page.goBack()
    await expect(element).toHaveAttribute('status', 'idle')
    expect(await names()).toEqual([])
  }
})
