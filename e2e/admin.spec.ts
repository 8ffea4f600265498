import { de } from '../server/src/web/locales/de.ts'
import { en } from '../server/src/web/locales/en.ts'
import { expectAccessible } from './accessibility.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { adminAppsPage, newAppPage } from './pages/admin-pages.ts'
import { consentPage } from './pages/consent-page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { authorizeUrl } from './third-party.ts'

test('an administrator registers an app, which can sign people in, and disables it', async ({
  page,
  server,
  thirdParty,
  anotherBrowser,
}) => {
  const name = `Clicked together ${Date.now()}`
  await signInDirectly(page, server.admin)
  await adminAppsPage(page).open()
  await adminAppsPage(page).newApp.click()
  const form = newAppPage(page)
  await form.name.fill(name)
  await form.redirectUris.fill(thirdParty.callback)
  await form.scope('IDENTITY').check()
  await form.scope('RUN_AGENT').check()
  await form.optionalScope('RUN_AGENT').check()
  await form.submit.click()
  const client_id = String(await form.clientId.textContent())
  expect(client_id).toMatch(/^agpt_client_/)
  await expect(form.clientSecret).toHaveText(/^agpt_secret_/)

  const visitor = await anotherBrowser()
  await signInDirectly(visitor, await server.createUser())
  const url = authorizeUrl(
    server.issuer,
    { id: '', client_id },
    { redirect_uri: thirdParty.callback, scope: 'openid IDENTITY RUN_AGENT' },
  )
  await visitor.goto(url)
  expect(await consentPage(visitor).choices()).toEqual(['RUN_AGENT'])

  await adminAppsPage(page).open()
  await adminAppsPage(page).toggle(name).click()
  await expect(adminAppsPage(page).row(name)).toContainText('Disabled')
  const answer = await visitor.goto(url)
  expect(answer?.status()).toBe(400)
})

test('a redirect URI that cannot be registered is explained, and nothing typed is lost', async ({
  page,
  server,
}) => {
  await signInDirectly(page, server.admin)
  await page.goto('/admin/apps/new')
  const form = newAppPage(page)
  await form.name.fill('Wrong')
  await form.redirectUris.fill('http://app.example/callback')
  await form.scope('IDENTITY').check()

  await form.submit.click()

  await expect(form.errors).toContainText('https')
  await expect(form.name).toHaveValue('Wrong')
  await expect(form.scope('IDENTITY')).toBeChecked()
})

for (const [locale, { admin }] of Object.entries({ en, de })) {
  test(`somebody who is no administrator is told so, and signs in as one, ${locale}`, async ({
    anotherBrowser,
    server,
  }) => {
    const page = await anotherBrowser({ viewport: { width: 320, height: 640 }, locale })
    const person = await server.createUser()
    await page.goto('/admin')
    await signInPage(page).signIn(person)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(admin.refused.title)
    await expect(page.getByRole('main')).toContainText(person.email)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
    await expectAccessible(page)

    await page.getByRole('button', { name: admin.refused.another }).click()
    await signInPage(page).signIn(server.admin)

    await expect(page.getByRole('heading', { level: 1 })).toHaveText(admin.apps)
    expect(new URL(page.url()).pathname).toBe('/admin')
  })
}

for (const [locale, { admin }] of Object.entries({ en, de })) {
  test(`on a phone apps stand one below the other, and nothing scrolls sideways, ${locale}`, async ({
    anotherBrowser,
    server,
    thirdParty,
  }) => {
    const name = `Donaudampfschifffahrtsgesellschaft ${locale} ${Date.now()}`
    const fields = { name, redirect_uris: [thirdParty.callback], scopes: ['IDENTITY'] }
    const app = await server.createApp(fields)
    const page = await anotherBrowser({ locale })
    await signInDirectly(page, server.admin)
    for (const width of [320, 360, 640, 700]) {
      await page.setViewportSize({ width, height: 640 })
      for (const path of ['/admin', '/admin/apps/new']) {
        await page.goto(path)
        for (const box of [page.locator('html'), page.locator('.table-box')]) {
          const over = await box.evaluate((it) => it.scrollWidth - it.clientWidth)
          expect(over, `${path} at ${width}`).toBeLessThanOrEqual(0)
        }
      }
    }

    await page.setViewportSize({ width: 360, height: 640 })
    await page.goto('/admin')
    const row = adminAppsPage(page).row(name)
    await expect(row.getByRole('cell')).toHaveCount(4)
    await expect(row.getByRole('cell', { name: app.client_id })).toBeVisible()
    await expect(page.getByRole('columnheader', { name: admin.columns.clientId })).toHaveCount(1)
    await expectAccessible(page)
    await row.getByRole('button', { name: admin.disable }).click()
    await expect(row).toContainText(admin.disabled)
  })
}
