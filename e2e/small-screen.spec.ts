import { platformScopeNames } from '../server/src/provider/scopes.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { consentPage } from './pages/consent-page.ts'
import { authorizeUrl } from './third-party.ts'

test.use({ viewport: { width: 360, height: 640 } })

test('with all 26 scopes both answers are in view on a phone, without scrolling', async ({
  page,
  server,
  thirdParty,
}) => {
  const scopes = [...platformScopeNames]
  const { callback } = thirdParty
  const app = await server.createApp({ name: 'Everything', redirect_uris: [callback], scopes })
  await signInDirectly(page, await server.createUser())

  const scope = `openid profile email ${scopes.join(' ')}`
  await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: callback, scope }))

  const { allow, deny } = consentPage(page)
  expect(scopes).toHaveLength(26)
  await expect(allow).toBeInViewport({ ratio: 1 })
  await expect(deny).toBeInViewport({ ratio: 1 })
  expect(await page.evaluate(() => window.scrollY)).toBe(0)
  const [yes, no] = [await allow.boundingBox(), await deny.boundingBox()]
  expect(no?.height).toBe(yes?.height)
  expect(Math.abs((no?.width ?? 0) - (yes?.width ?? 0))).toBeLessThan(2)
})

test('no page of a sign-in scrolls sideways at 320 pixels', async ({ page, server }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  const widthOf = () => page.evaluate(() => document.documentElement.scrollWidth)

  for (const path of ['/', '/login', '/signup', '/forgot-password', '/nothing-here']) {
    await page.goto(path)
    expect(await widthOf(), path).toBeLessThanOrEqual(320)
  }
  await page.goto(server.demoOrigin)
  expect(await widthOf()).toBeLessThanOrEqual(320)
})
