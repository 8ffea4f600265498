import type { AutoGPTSignIn } from '../../widget/src/element.ts'
import { signInAndAllow } from '../journeys.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

test('its events leave the shadow root that it stands in', async ({ page, shop }) => {
  await page.goto(shop.page({ body: '<main></main>' }))
  await page.evaluate(
    (button) => {
      const root = document.querySelector('main')?.attachShadow({ mode: 'closed' })
      const template = document.createElement('template')
      template.innerHTML = button
      root?.append(template.content)
      const inner = root?.querySelector('autogpt-signin') as AutoGPTSignIn
      inner.signIn().catch(() => {})
    },
    shop.button({ 'client-id': '' }),
  )

  await expect.poll(() => elementPage(page).names()).toEqual(['start', 'error'])
})

for (const key of ['Space', 'Enter']) {
  test(`${key} presses it, and the focus stays on it`, async ({ page, shop }) => {
    await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
    const { button } = elementPage(page)
    await page.keyboard.press('Tab')
    await expect(button).toBeFocused()

    const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press(key)])

    await expect(signInPage(popup).password).toBeVisible()
    await expect(button).toBeFocused()
  })
}

test('signIn() resolves with what the event has, for wishes of its own', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'redirect' }) }))
  const { element, heard } = elementPage(page)
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    element.evaluate((it: AutoGPTSignIn) => {
      const told = it.signIn({ flow: 'popup', scope: 'openid READ_LIBRARY' })
      Object.assign(window, { told })
    }),
  ])
  await signInAndAllow(popup, await server.createUser())
  await expect(element).toHaveAttribute('status', 'done')

  const told = (await page.evaluate('window.told')) as { grantedScopes: string[] }

  expect(told).toEqual((await heard()).at(-1)?.detail)
  expect(told.grantedScopes).toContain('READ_LIBRARY')
})

test('a callback page has no button, only the script', async ({ page, anotherShop, server }) => {
  const shop = await anotherShop({ paths: ['/callback'] })
  const module = `${server.issuer}/widget/v1/autogpt-signin.mjs`
  const script = `<script type="module">
    import { AutoGPTSignIn } from '${module}'
    AutoGPTSignIn.handleCallback()
  </script>`
  shop.page({ script }, '/callback')
  for (const flow of ['popup', 'redirect']) {
    const attributes = { flow, 'redirect-uri': `${shop.origin}/callback` }
    await page.goto(shop.page({ body: shop.button(attributes) }, '/goods'))
    const { element, begin } = elementPage(page)
    const where = await begin(flow)
    if (flow === 'popup') {
      await signInAndAllow(where, await server.createUser())
    }

    await expect(element).toHaveAttribute('status', 'done')
    expect(page.url()).toBe(`${shop.origin}/goods`)
  }
})

test('disconnect() keeps the browser from signing in unasked, and forgets', async ({
  page,
  shop,
}) => {
  const called = `<script>
    window.called = []
    window.IdentityCredential ??= class {}
    IdentityCredential.disconnect = async (options) => { called.push(options) }
    navigator.credentials.preventSilentAccess = async () => { called.push('silent') }
  </script>`
  await page.goto(shop.page({ first: called, body: shop.button({ 'login-hint': 'ada' }) }))
  const { element } = elementPage(page)

  await element.evaluate((it: AutoGPTSignIn) => it.disconnect())
  await element.evaluate((it: AutoGPTSignIn) => it.disconnect('grace'))

  const clientId = shop.app.client_id
  const configURL = expect.stringMatching(/\/fedcm\/config\.json$/)
  expect(await page.evaluate('window.called')).toEqual([
    'silent',
    { configURL, clientId, accountHint: 'ada' },
    'silent',
    { configURL, clientId, accountHint: 'grace' },
  ])
})

test('without FedCM disconnect() has nothing to do', async ({ page, shop }) => {
  const first = `<script>
    delete window.IdentityCredential
    window.called = []
    navigator.credentials.preventSilentAccess = async () => { called.push('silent') }
  </script>`
  await page.goto(shop.page({ first, body: shop.button() }))
  const { element } = elementPage(page)

  await element.evaluate((it: AutoGPTSignIn) => it.disconnect())

  expect(await page.evaluate('window.called')).toEqual([])
  await expect(element).toHaveAttribute('status', 'idle')
})
