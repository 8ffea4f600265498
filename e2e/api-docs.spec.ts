import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { consentPage } from './pages/consent-page.ts'
import { signInPage } from './pages/sign-in-page.ts'

function docsPage(page: Page) {
  const dialog = page.locator('.dialog-ux')
  const me = page.locator('#operations-me-getMe')
  const scheme = (name: string) => dialog.locator('.auth-container', { hasText: name })
  return {
    scheme,
    openAuthorize: () => page.locator('.scheme-container .authorize').click(),
    closeAuthorize: () => dialog.getByRole('button', { name: 'Close' }).last().click(),
    async callMe() {
      if (!(await me.locator('.opblock-body').isVisible())) {
        await me.locator('.opblock-summary').click()
        await me.getByRole('button', { name: 'Try it out' }).click()
      }
      await me.getByRole('button', { name: 'Execute' }).click()
      const answer = me.locator('.live-responses-table')
      await expect(answer.locator('.response-col_status').last()).toHaveText(/\d/)
      return answer
    },
  }
}

// The browser's complaints are watched by every spec: here above all, that the policy is kept.
test('"Authorize" signs in by the code flow, and the API is called with that', async ({
  page,
  server,
}) => {
  const ada = await server.createUser()
  await page.goto('/external-api/docs')
  const docs = docsPage(page)

  await docs.openAuthorize()
  const oauth = docs.scheme('oauth2')
  const opening = page.waitForEvent('popup')
  await oauth.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click()
  const popup = await opening
  const closed = popup.waitForEvent('close')
  await signInPage(popup).signIn(ada)
  await consentPage(popup).allow.click()
  await closed
  await expect(oauth.getByText('Logout')).toBeVisible()
  await docs.closeAuthorize()
  const answer = await docs.callMe()

  await expect(answer).toContainText('200')
  await expect(answer).toContainText(ada.email)
  await expect(answer).toContainText('"oauth"')
})

test('an API key opens what its scopes say, until it is revoked', async ({
  page,
  server,
  complaints,
}) => {
  const ada = await server.createUser()
  await signInDirectly(page, ada)
  await page.goto('/external-api/v2/docs')
  const { id, key } = await page.evaluate(newKey)
  const docs = docsPage(page)

  await docs.openAuthorize()
  const apiKey = docs.scheme('X-API-Key')
  await apiKey.locator('input').fill(key)
  await apiKey.getByRole('button', { name: 'Apply credentials' }).click()
  await docs.closeAuthorize()
  const answer = await docs.callMe()
  await expect(answer).toContainText('"api_key"')
  await expect(answer).toContainText(ada.email)

  await page.evaluate((id) => fetch(`/api/api-keys/${id}`, { method: 'DELETE' }), id)
  await docs.callMe()
  await expect(answer).toContainText('Invalid API key')
  expect(complaints.splice(0)).toEqual([`401 for ${server.issuer}/external-api/v2/me`])
})

test('one page leads to both versions, and every part of it has a name', async ({ page }) => {
  await page.goto('/external-api/docs')
  await expect(page.getByRole('heading', { name: /External API v2/ })).toBeVisible()

  await page.getByRole('link', { name: 'API v1' }).click()

  await expect(page.getByRole('heading', { name: /External API v1/ })).toBeVisible()
  await expect(page).toHaveURL(/\/external-api\/v1\/docs$/)
  const { violations } = await new AxeBuilder({ page }).include('nav').analyze()
  expect(violations).toEqual([])
})

async function newKey(): Promise<{ id: string; key: string }> {
  const answer = await fetch('/api/api-keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'From the docs', scopes: ['IDENTITY'] }),
  })
  return answer.json()
}
