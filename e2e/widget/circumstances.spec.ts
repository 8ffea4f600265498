import { signInAndAllow, signInDirectly } from '../journeys.ts'
import { consentPage } from '../pages/consent-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

const inWindow = { flow: 'popup' }

test('somebody else signs in on a machine where another is signed in', async ({
  page,
  shop,
  server,
}) => {
  const second = await server.createUser({ name: 'Grace Hopper' })
  await signInDirectly(page, await server.createUser())
  await page.goto(shop.page({ body: shop.button(inWindow) }))
  const { element, heard, openWindow } = elementPage(page)

  const popup = await openWindow()
  await consentPage(popup).useAnotherAccount.click()
  await signInAndAllow(popup, second)

  await expect(element).toHaveAttribute('status', 'done')
  expect((await heard()).at(-1)).toMatchObject({ detail: { claims: { email: second.email } } })
})

// A179
test('a click too many opens nothing, also where everything is slow', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ body: shop.button(inWindow) }))
  let popups = 0
  page.on('popup', () => {
    popups += 1
  })
  await page.context().route('**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700))
    await route.continue()
  })
  const { element, button, names } = elementPage(page)

  const [popup] = await Promise.all([page.waitForEvent('popup'), element.dblclick()])
  await expect(button).toHaveAttribute('aria-busy', 'true')
  await element.click()
  await signInAndAllow(popup, await server.createUser())

  await expect(element).toHaveAttribute('status', 'done', { timeout: 20_000 })
  expect(popups).toBe(1)
  expect(await names()).toEqual(['start', 'success'])
})

// A141, A179: the answer to one person's attempt, put into the page of another
test('a code of another tab’s attempt is not redeemed, and stays good where it belongs', async ({
  page,
  shop,
  server,
  anotherBrowser,
}) => {
  const person = await server.createUser()
  const parts = { body: shop.button({ flow: 'redirect' }) }
  const url = shop.page(parts)
  await page.goto(url)
  await elementPage(page).element.click()
  await signInPage(page).signIn(person)
  // Where the answer arrives nothing takes it.
  shop.serve('/', { body: 'stopped' })
  await consentPage(page).allow.click()
  await page.waitForURL(/code=/)
  const answer = page.url()
  shop.page(parts)

  const victim = await anotherBrowser()
  const redeemed: string[] = []
  victim.on('request', (request) => {
    if (request.url().endsWith('/api/oauth/token')) redeemed.push(request.url())
  })
  await victim.goto(answer)
  await expect(elementPage(victim).element).toHaveAttribute('status', 'error')
  expect((await elementPage(victim).heard()).at(-1)).toMatchObject({
    detail: { code: 'state_mismatch' },
  })
  expect(redeemed).toEqual([])
  // Also where an attempt of its own is under way in the other page.
  await victim.goto(url)
  await elementPage(victim).element.click()
  await victim.waitForURL('**/auth/interaction/**')
  await victim.goto(answer)
  await expect(elementPage(victim).element).toHaveAttribute('status', 'error')
  expect(redeemed).toEqual([])

  await page.goto(answer)
  await expect(elementPage(page).element).toHaveAttribute('status', 'done')
})

test('an unknown app and a page that is not registered are told in the window', async ({
  page,
  shop,
}) => {
  const { element, names } = elementPage(page)
  const mistakes: Record<string, string>[] = [
    { 'client-id': 'agpt_client_unknown' },
    { 'redirect-uri': `${shop.origin}/elsewhere` },
  ]
  for (const mistake of mistakes) {
    await page.goto(shop.page({ body: shop.button({ ...inWindow, ...mistake }) }))
    const [popup] = await Promise.all([page.waitForEvent('popup'), element.click()])

    await expect(popup.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(popup.locator('input[name="password"]')).toHaveCount(0)
    await page.waitForTimeout(2_000)
    await popup.close()
    await expect(element).toHaveAttribute('status', 'idle')
    expect(await names()).toEqual(['start', 'cancel'])
  }
})

for (const flow of ['popup', 'redirect']) {
  test(`${flow}: an origin that the app did not register gets no token`, async ({
    page,
    anotherShop,
    server,
    complaints,
  }) => {
    const shop = await anotherShop({ allowed_origins: ['https://elsewhere.example'] })
    await page.goto(shop.page({ body: shop.button({ flow }) }))
    const { element, heard, begin } = elementPage(page)
    await signInAndAllow(await begin(flow), await server.createUser())

    await expect(element).toHaveAttribute('status', 'error')
    expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'network' } })
    complaints.splice(0)
  })
}

test('a flow that is empty, gone or unknown is the usual one', async ({ page, shop, server }) => {
  const person = await server.createUser()
  await page.addInitScript('delete window.IdentityCredential')
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { element, openWindow } = elementPage(page)
  const popup = await openWindow()
  await signInAndAllow(popup, person)
  await expect(element).toHaveAttribute('status', 'done')

  for (const flow of [null, '', 'pop-up']) {
    await element.evaluate((it, flow) => {
      if (flow === null) it.removeAttribute('flow')
      else it.setAttribute('flow', flow)
    }, flow)
    await Promise.all([page.waitForEvent('popup'), element.click()])
    await expect(element).toHaveAttribute('status', 'done')
  }
})

// Such as an extension's own, in front of the browser's.
for (const get of [
  '() => { throw new Error("not now") }',
  'async () => null',
  '() => Promise.reject()',
  'async () => ({ token: "no answer" })',
]) {
  test(`a window opens where the browser’s dialog is ${get}`, async ({ page, shop }) => {
    await page.goto(shop.page({ body: shop.button() }))
    await page.evaluate(
      `window.IdentityCredential ??= class {}; navigator.credentials.get = ${get}`,
    )
    const { openWindow, heard } = elementPage(page)

    await openWindow()

    expect(await heard()).toMatchObject([
      { name: 'start' },
      { name: 'fallback', detail: { from: 'fedcm', to: 'popup' } },
    ])
  })
}
