import { de } from '../server/src/web/locales/de.ts'
import { en } from '../server/src/web/locales/en.ts'
import { expectAccessible } from './accessibility.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'

const words = en.account.keys

test('a key is made with the keyboard, works, and is revoked', async ({ page, server }) => {
  await signInDirectly(page, await server.createUser())
  await page.getByRole('link', { name: en.account.nav.keys }).click()
  await expectAccessible(page)

  await page.getByRole('textbox', { name: words.name }).focus()
  await page.keyboard.type('Nightly report')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(words.newTitle('Nightly report'))
  await expectAccessible(page)
  const key = String(await page.locator('#new-key').textContent())
  const me = async () => {
    const headers = { 'X-API-Key': key }
    return (await fetch(`${server.issuer}/external-api/v2/me`, { headers })).status
  }
  expect(await me()).toBe(200)

  await page.getByRole('link', { name: words.kept }).click()
  await expect(page.locator('#new-key')).toHaveCount(0)
  await expect(page.getByText(`agpt_…${key.slice(-4)}`)).toBeVisible()
  await page.goBack()
  await expect(page.locator('#new-key')).toHaveCount(0)
  await page.goto('/account/api-keys')
  await page.getByText(words.change).click()
  await expectAccessible(page)
  await page.locator('summary', { hasText: words.revoke }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText(words.sure('Nightly report'))).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status')).toHaveText(words.done.revoke ?? '')
  expect(await me()).toBe(401)
})

test('API keys fit 320 pixels, in German and in the dark', async ({ anotherBrowser, server }) => {
  const page = await anotherBrowser({
    viewport: { width: 320, height: 640 },
    locale: 'de-DE',
    colorScheme: 'dark',
  })
  await signInDirectly(page, await server.createUser())
  await page.goto('/account/api-keys')
  await page.locator('input[name="name"]').fill('Bericht')
  await page.locator('input[value="READ_RUN"]').check()
  await page.getByRole('button', { name: 'Schlüssel erstellen' }).click()
  await expect(page.locator('#new-key')).toBeVisible()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
  await page.getByRole('link', { name: 'Ich habe ihn kopiert' }).click()
  await page.getByText(de.account.keys.change).click()
  await page.locator('summary', { hasText: de.account.keys.revoke }).click()

  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
  await expectAccessible(page)
})

for (const [locale, { account }] of Object.entries({ en, de })) {
  test(`from where a key may come is changed on its page, ${locale}`, async ({
    anotherBrowser,
    server,
  }) => {
    const page = await anotherBrowser({ viewport: { width: 360, height: 640 }, locale })
    await signInDirectly(page, await server.createUser())
    await page.goto('/account/api-keys')
    await page.locator('#name').fill('Report')
    await page.locator('#new-READ_RUN').check()
    await page.getByRole('button', { name: account.keys.make }).click()
    await page.getByRole('link', { name: account.keys.kept }).click()
    const change = page.locator('details').first()
    const addresses = change.getByLabel(account.keys.addresses)

    await change.getByText(account.keys.change).click()
    await addresses.fill('everywhere')
    await change.getByRole('button', { name: account.keys.save }).click()
    await expect(page.getByRole('alert').getByRole('link')).toHaveCount(1)
    await expect(addresses).toHaveValue('everywhere')
    await expectAccessible(page)
    await page.getByRole('alert').getByRole('link').click()
    await expect(addresses).toBeInViewport()
    await addresses.fill('203.0.113.7\n10.0.0.0/8')
    await change.getByRole('button', { name: account.keys.save }).click()

    await expect(page.getByText('203.0.113.7, 10.0.0.0/8')).toBeVisible()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    await expectAccessible(page)
  })
}
