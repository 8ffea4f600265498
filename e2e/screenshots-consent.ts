import { platformScopeNames } from '../server/src/provider/scopes.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly, signInOnDemo } from './journeys.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { shoot, shootFirstView, shootForReadme } from './shoot.ts'
import { authorizeUrl } from './third-party.ts'

test('the demo site, consent and sign-out', async ({ page, server }) => {
  const person = await server.createUser({ email: 'grace@example.com', name: 'Grace Hopper' })
  const demo = demoPage(page, server.demoOrigin)
  await demo.open()
  await shoot(page, 'demo')
  await page.getByRole('link', { name: 'How this works' }).nth(2).click()
  await shoot(page, 'demo-how-it-works')
  await demo.open()
  await shootForReadme(page, 'demo')
  await demo.signInButton.click()
  await shootForReadme(page, 'sign-in', 600)
  await signInPage(page).signIn(person)
  await expect(consentPage(page).allow).toBeVisible()
  await shoot(page, 'consent')
  await shootForReadme(page, 'consent')
  await consentPage(page).box('RUN_AGENT').uncheck()
  await consentPage(page).allow.click()
  await demo.expectSignedIn(person)
  await shoot(page, 'demo-signed-in')
  await shootForReadme(page, 'demo-signed-in')
  await demo.askAgainButton.click()
  await expect(consentPage(page).allow).toBeVisible()
  await shoot(page, 'consent-missing-one')
  await consentPage(page).deny.click()
  await expect(demo.problem).toBeVisible()
  await shoot(page, 'demo-denied')
})

test('sign-out', async ({ page, server }) => {
  await signInOnDemo(page, server, await server.createUser())
  const demo = demoPage(page, server.demoOrigin)
  await demo.signOutEverywhere.click()
  await page.waitForURL('**/auth/logout?**')
  await shoot(page, 'sign-out')
  const asked = page.url()
  await page.getByRole('link', { name: 'Stay signed in' }).click()
  await shoot(page, 'sign-out-stayed')
  await page.goto(asked)
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(demo.notice).toBeVisible()
  await shoot(page, 'demo-signed-out')
  await page.goto('/auth/logout/success')
  await shoot(page, 'signed-out')
})

test('consent of many kinds', async ({ page, server, thirdParty }) => {
  const { callback } = thirdParty
  await signInDirectly(page, await server.createUser())
  const open = async (name: string, scopes: string[], more: object = {}) => {
    const app = await server.createApp({ name, redirect_uris: [callback], scopes, ...more })
    const scope = `openid profile email ${scopes.join(' ')}`
    await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: callback, scope }))
    return app
  }
  await open('Only who you are', ['IDENTITY'])
  await shoot(page, 'consent-identity')
  const links = {
    website: 'https://shop.example/',
    privacy_url: 'https://shop.example/privacy',
    terms_url: 'https://shop.example/terms',
    description: 'Keeps your agents tidy.',
  }
  await open('All at once', [...platformScopeNames], links)
  await shootFirstView(page, 'consent-all')
  await shoot(page, 'consent-all')
  const long =
    'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft m.b.H. & Co'
  await open(long, [...platformScopeNames], { optional_scopes: [...platformScopeNames] })
  await shoot(page, 'consent-long')
  const { id } = await open('Not looked at yet', ['IDENTITY', 'WRITE_FILES', 'EXECUTE_BLOCK'])
  await server.changeApp(id, { approved: false })
  await page.reload()
  await shoot(page, 'consent-not-approved')
})

test('consent in German', async ({ anotherBrowser, server, thirdParty }) => {
  const { callback } = thirdParty
  const page = await anotherBrowser({ locale: 'de-DE' })
  await signInDirectly(page, await server.createUser())
  const scopes = [...platformScopeNames]
  const app = await server.createApp({ name: 'Alles', redirect_uris: [callback], scopes })
  const scope = `openid ${scopes.join(' ')}`
  await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: callback, scope }))
  await shoot(page, 'german-consent')
  await page.goto('/account')
  await shoot(page, 'german-account')
})
