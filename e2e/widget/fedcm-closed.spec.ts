import { signInAndAllow, signInDirectly } from '../journeys.ts'
import { consentPage } from '../pages/consent-page.ts'
import { elementPage } from './element-page.ts'
import { fedcmDialog } from './fedcm-dialog.ts'
import { expect, test } from './fixtures.ts'
import { networkWhere } from './network.ts'

/** As where ISSUER is a host of a site that does not pass the address on (docs/operate.md). */
const inNetwork = test.extend<{ network: Awaited<ReturnType<typeof networkWhere>> }>({
  network: async ({ server }, use) => {
    const network = await networkWhere(`${server.issuer}/.well-known/web-identity`, 404)
    await use(network)
    await network.stop()
  },
  proxy: async ({ network }, use) => use(network.proxy),
})

test('a page whose policy forbids the dialog opens a window in the same click', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  const headers = { 'permissions-policy': 'identity-credentials-get=()' }
  await page.goto(shop.page({ headers, body: shop.button() }))
  const { element, openWindow, heard } = elementPage(page)

  const popup = await openWindow()
  await signInAndAllow(popup, await server.createUser())

  await expect(element).toHaveAttribute('status', 'done')
  expect((await heard()).map(({ name }) => name)).toEqual(['start', 'fallback', 'success'])
  expect((await heard())[1]).toMatchObject({ detail: { from: 'fedcm', to: 'popup' } })
  complaints.splice(0)
})

inNetwork(
  'a server whose site has no word of FedCM opens a window in the same click',
  async ({ page, shop, server, network, complaints }) => {
    await page.goto(shop.page({ body: shop.button() }))
    const { element, openWindow, heard, names } = elementPage(page)

    const popup = await openWindow()
    await signInAndAllow(popup, await server.createUser())

    await expect(element).toHaveAttribute('status', 'done')
    expect(network.asked).toHaveLength(1)
    expect(await names()).toEqual(['start', 'fallback', 'success'])
    expect((await heard())[1]).toMatchObject({ detail: { from: 'fedcm', to: 'popup' } })
    expect(complaints.splice(0).join()).toContain('well-known file cannot be found')
  },
)

test('a page whose policy forgot the server opens a window, and says what failed', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  const policy = `default-src 'none'; script-src ${shop.origin} ${server.issuer}; connect-src 'self'`
  await page.goto(
    shop.page({ headers: { 'content-security-policy': policy }, body: shop.button() }),
  )
  const { element, openWindow, heard, names } = elementPage(page)

  const popup = await openWindow()
  await signInAndAllow(popup, await server.createUser())

  await expect(element).toHaveAttribute('status', 'error')
  expect(await names()).toEqual(['start', 'fallback', 'error'])
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'network' } })
  expect(complaints.splice(0).join()).toContain('Content Security Policy')
})

// FedCM tells a page nothing of why (A187); the window that it goes on in tells the developer.
test('an unknown app is told of in the window that the dialog gives way to', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  await signInDirectly(page, await server.createUser())
  await page.goto(shop.page({ body: shop.button({ 'client-id': 'agpt_client_unknown' }) }))
  await fedcmDialog(page, { hesitates: true })
  const { element, button, names } = elementPage(page)

  await element.click()
  await expect(button).toHaveAccessibleName('Continue in a window')
  const [popup] = await Promise.all([page.waitForEvent('popup'), element.click()])

  await expect(popup.getByRole('heading', { level: 1 })).toHaveText('This app is not known here')
  expect(await names()).toEqual(['start', 'fallback', 'start'])
  complaints.splice(0)
})

test('an origin that the app did not register learns nobody, by the dialog or in a window', async ({
  page,
  anotherShop,
  server,
  complaints,
}) => {
  const shop = await anotherShop({ allowed_origins: ['https://elsewhere.example'] })
  await signInDirectly(page, await server.createUser())
  await page.goto(shop.page({ body: shop.button() }))
  await fedcmDialog(page, { hesitates: true })
  const { element, openWindow, heard } = elementPage(page)

  await element.click()
  await expect(element).toHaveAttribute('status', 'fallback')
  const popup = await openWindow()
  await consentPage(popup).allow.click()

  await expect(element).toHaveAttribute('status', 'error')
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'network' } })
  complaints.splice(0)
})

test('an address that the app did not register is named as what is wrong', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  await signInDirectly(page, await server.createUser())
  await page.goto(shop.page({ body: shop.button({ 'redirect-uri': `${shop.origin}/elsewhere` }) }))
  await fedcmDialog(page)
  const { element, heard } = elementPage(page)

  await element.click()

  await expect(element).toHaveAttribute('status', 'error')
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'config' } })
  complaints.splice(0)
})
