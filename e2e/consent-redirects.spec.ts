import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { consentPage } from './pages/consent-page.ts'
import { authorizeUrl } from './third-party.ts'

// Chromium applies form-action to the whole chain of redirects that a form begins.

test('a callback that sends people on to a second origin works from the consent page', async ({
  page,
  server,
  thirdParty,
}) => {
  const { relay, arrival } = thirdParty
  const app = await server.createApp({
    name: 'Relay',
    redirect_uris: [relay],
    scopes: ['IDENTITY'],
  })
  await signInDirectly(page, await server.createUser())
  await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: relay }))

  await consentPage(page).allow.click()

  await page.waitForURL(`${arrival}?code=*`)
})

test('the same from the sign-in page, when nothing needs to be asked', async ({
  page,
  server,
  thirdParty,
  anotherBrowser,
}) => {
  const { relay, arrival } = thirdParty
  const app = await server.createApp({
    name: 'Relay',
    redirect_uris: [relay],
    scopes: ['IDENTITY'],
  })
  const person = await server.createUser()
  await signInDirectly(page, person)
  const url = authorizeUrl(server.issuer, app, { redirect_uri: relay })
  await page.goto(url)
  await consentPage(page).allow.click()

  const elsewhere = await anotherBrowser()
  await elsewhere.goto(url)
  await elsewhere.locator('input[name="email"]').fill(person.email)
  await elsewhere.locator('input[name="password"]').fill(person.password)
  await elsewhere.locator('input[name="password"]').press('Enter')

  await elsewhere.waitForURL(`${arrival}?code=*`)
})

for (const decision of ['allow', 'deny'] as const) {
  test(`a custom-scheme callback is reached from the consent page: ${decision}`, async ({
    page,
    server,
  }) => {
    const redirectUri = 'com.example.notebook:/callback'
    const app = await server.createApp({
      name: 'Native notebook',
      type: 'native',
      redirect_uris: [redirectUri],
      scopes: ['IDENTITY'],
    })
    await signInDirectly(page, await server.createUser())
    await page.goto(authorizeUrl(server.issuer, app, { redirect_uri: redirectUri }))

    const answered = page.waitForResponse((response) =>
      Boolean(response.headers().location?.startsWith(redirectUri)),
    )
    await consentPage(page)[decision].click()

    // No program of this machine takes the scheme: that the browser tried is all there is to see.
    const { location = '' } = (await answered).headers()
    const { searchParams } = new URL(location)
    expect(searchParams.get('state')).toBe('e2e-state')
    expect(searchParams.get('iss')).toBe(server.issuer)
    expect(searchParams.has(decision === 'allow' ? 'code' : 'error')).toBe(true)
  })
}
