import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { newAppPage } from './pages/admin-pages.ts'
import { shoot } from './shoot.ts'
import { authorizeUrl } from './third-party.ts'

test('dead ends', async ({ page, server, thirdParty }) => {
  const { callback } = thirdParty
  const fields = { name: 'Typo', redirect_uris: [callback], scopes: ['IDENTITY'] }
  const app = await server.createApp(fields)
  await page.goto('/nothing-here')
  await shoot(page, 'error-not-found')
  await page.goto('/auth/interaction/nothing-here')
  await shoot(page, 'error-request-ended')
  await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: `${callback}/` }))
  await shoot(page, 'error-redirect-uri')
  const unknown = { ...app, client_id: 'agpt_client_nobody' }
  await page.goto(authorizeUrl(server.issuer, unknown, { redirect_uri: callback }))
  await shoot(page, 'error-unknown-app')
  await page.goto(`${server.demoOrigin}/callback?code=used&state=old`)
  await expect(page.getByRole('alert')).toBeVisible()
  await shoot(page, 'demo-answer-used')
})

test('administration, for somebody else', async ({ page, server }) => {
  await signInDirectly(page, await server.createUser())
  await page.goto('/admin')
  await shoot(page, 'admin-refused')
})

test('administration', async ({ page, server, thirdParty }) => {
  await signInDirectly(page, server.admin)
  await page.goto('/admin')
  await shoot(page, 'admin')
  await page.goto('/admin/apps/new')
  await shoot(page, 'admin-new-app')
  const form = newAppPage(page)
  await form.name.fill('Price watcher')
  await form.redirectUris.fill('http://app.example/callback')
  await form.scope('IDENTITY').check()
  await form.submit.click()
  await shoot(page, 'admin-new-app-errors')
  await form.redirectUris.fill(thirdParty.callback)
  await form.submit.click()
  await shoot(page, 'admin-app-created')
  await page.goto('/account')
  await shoot(page, 'account-of-admin')
  await page.goto('/api/admin/docs')
  await page.waitForTimeout(1000)
  await shoot(page, 'admin-api-docs')
})
