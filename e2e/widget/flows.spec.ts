import { signInAndAllow } from '../journeys.ts'
import { consentPage } from '../pages/consent-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

const more = 'openid profile email READ_LIBRARY RUN_AGENT'

for (const flow of ['popup', 'redirect'] as const) {
  test(`${flow}: somebody signs in, and the page knows who`, async ({ page, shop, server }) => {
    const person = await server.createUser()
    await page.goto(shop.page({ body: shop.button({ flow }) }))
    const { element, heard, begin } = elementPage(page)

    const where = await begin(flow)
    await signInAndAllow(where, person)

    await expect(element).toHaveAttribute('status', 'done')
    expect((await heard()).at(-1)).toMatchObject({
      name: 'success',
      detail: {
        status: 'signed-in',
        via: flow,
        claims: { email: person.email, name: person.name, iss: server.issuer },
        grantedScopes: expect.arrayContaining(['openid', 'profile', 'email']),
        tokens: { token_type: 'Bearer' },
      },
    })
    // A181: the code is gone from the address, and nothing is in the tab's storage.
    expect(page.url()).toBe(`${shop.origin}/`)
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).toBe(
      '{}',
    )
  })
}

test('an optional scope that was unticked is missing, and that is no error', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup', scope: more }) }))
  const { element, heard, openWindow } = elementPage(page)
  const popup = await openWindow()
  await signInPage(popup).signIn(await server.createUser())
  await popup.getByRole('checkbox').uncheck()
  await consentPage(popup).allow.click()

  await expect(element).toHaveAttribute('status', 'done')
  const { grantedScopes } = (await heard()).at(-1)?.detail ?? {}
  expect(grantedScopes).toContain('READ_LIBRARY')
  expect(grantedScopes).not.toContain('RUN_AGENT')
})

// A183
test('a window that is closed is a cancel', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { element, openWindow, names } = elementPage(page)
  const popup = await openWindow()
  // So that it cannot be taken for one that COOP cut off.
  await page.waitForTimeout(2_000)
  await popup.close()

  await expect(element).toHaveAttribute('status', 'idle')
  expect(await names()).toEqual(['start', 'cancel'])
})

// A183
test('where no window opens, auto goes on by redirect and popup says so', async ({
  page,
  shop,
  server,
}) => {
  const first = '<script>open = () => null; delete window.IdentityCredential</script>'
  await page.goto(shop.page({ first, body: shop.button({ flow: 'popup' }) }))
  const { element, heard } = elementPage(page)
  await element.click()
  await expect(element).toHaveAttribute('status', 'error')
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'popup_blocked' } })

  await page.goto(shop.page({ first, body: shop.button() }))
  await element.click()
  await signInAndAllow(page, await server.createUser())
  await expect(element).toHaveAttribute('status', 'done')
  expect((await heard()).at(-1)).toMatchObject({ detail: { via: 'redirect' } })
})

test('one registered page is the callback for a button on any other', async ({
  page,
  anotherShop,
  server,
}) => {
  const shop = await anotherShop({ paths: ['/callback'] })
  const attributes = { flow: 'redirect', 'redirect-uri': `${shop.origin}/callback` }
  shop.page({}, '/callback')
  await page.goto(`${shop.page({ body: shop.button(attributes) }, '/goods')}?size=L#reviews`)
  const { element, heard } = elementPage(page)
  await element.click()
  await signInAndAllow(page, await server.createUser())

  await expect(element).toHaveAttribute('status', 'done')
  expect(page.url()).toBe(`${shop.origin}/goods?size=L#reviews`)
  expect((await heard()).at(-1)).toMatchObject({ name: 'success', detail: { via: 'redirect' } })
})

test('the same page is the callback of a window, too', async ({ page, anotherShop, server }) => {
  const shop = await anotherShop({ paths: ['/callback'] })
  shop.page({}, '/callback')
  const attributes = { flow: 'popup', 'redirect-uri': `${shop.origin}/callback` }
  await page.goto(shop.page({ body: shop.button(attributes) }, '/goods'))
  const { element, openWindow } = elementPage(page)
  const popup = await openWindow()
  await signInAndAllow(popup, await server.createUser())

  await expect(element).toHaveAttribute('status', 'done')
})

// A141, A183: a code that somebody else obtained, put into this page's address
test('an answer that nobody here asked for is refused', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  const url = shop.page({ body: shop.button() })
  await page.goto(
    `${url}?code=x&state=agpr.guessed&iss=${encodeURIComponent(server.issuer)}&keep=1`,
  )
  const { element, heard } = elementPage(page)

  await expect(element).toHaveAttribute('status', 'error')
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'state_mismatch' } })
  expect(page.url()).toBe(`${url}?keep=1`)
  expect(complaints).toEqual([])
})

// A177: a message from another window, with a state that is not this attempt's
test('messages of other windows, origins and attempts are not heard', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { element, openWindow } = elementPage(page)
  const popup = await openWindow()
  await popup.evaluate(() => {
    opener.postMessage({ code: 'stolen', state: window.name, iss: location.origin }, '*')
  })
  await page.evaluate(() => {
    postMessage({ code: 'x', state: 'agpp.other' })
    postMessage(null)
    postMessage({ state: 1 })
  })
  await expect(element).toHaveAttribute('status', 'busy')
  await signInAndAllow(popup, await server.createUser())

  await expect(element).toHaveAttribute('status', 'done')
})

test('a server that is away, an unknown app and an origin that is not registered are told apart', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  const issuer = 'http://localhost:9'
  const { element, heard, openWindow } = elementPage(page)
  await page.route(`${server.issuer}/api/oauth/token`, (route) => route.abort())
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const popup = await openWindow()
  await signInAndAllow(popup, await server.createUser())
  await expect(element).toHaveAttribute('status', 'error')
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'network' } })

  await page.goto(shop.page({ body: shop.button({ issuer: 'http://autogpt.example' }) }))
  await element.click()
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'config' } })

  await page.goto(shop.page({ body: shop.button({ flow: 'popup', 'redirect-uri': `${issuer}/` }) }))
  await element.click()
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'config' } })
  complaints.splice(0)
})

test('a backend of the site begins where it wants, and learns the way back', async ({
  page,
  shop,
}) => {
  shop.serve('/auth/start', ({ searchParams }) => ({
    body: `back to ${searchParams.get('return_to')}`,
  }))
  await page.goto(`${shop.page({ body: shop.button({ 'backend-uri': '/auth/start' }) })}?size=L`)

  await elementPage(page).element.click()

  await expect(page.locator('body')).toHaveText('back to /?size=L')
})
