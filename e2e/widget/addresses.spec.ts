import { signInAndAllow } from '../journeys.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

const hostile = '"><img src=x onerror="window.ran=1"><script>window.ran=1</script>'

// A180
test('an attribute is text, whatever is written into it', async ({ page, shop }) => {
  const names = ['client-id', 'scope', 'label', 'theme', 'size', 'variant', 'text', 'locale']
  const all = names.map((name) => shop.button({ flow: 'popup', [name]: hostile }))
  await page.goto(shop.page({ body: all.join('') }))

  await expect(page.getByRole('button', { name: hostile })).toHaveCount(1)
  expect(await page.evaluate('window.ran')).toBeUndefined()
  expect(
    await page.evaluate(() =>
      [...document.querySelectorAll('autogpt-signin')].map(
        ({ shadowRoot }) => shadowRoot?.querySelectorAll('img,script').length,
      ),
    ),
  ).toEqual(names.map(() => 0))
})

const scripts = ['javascript:window.ran=1//', 'data:text/html,<script>1</script>', hostile]

// A180
test('an address that is none is told to the developer, and nothing is opened', async ({
  page,
  shop,
}) => {
  const wrong: Record<string, string>[] = [
    ...scripts.flatMap((address): Record<string, string>[] => [
      { issuer: address, flow: 'popup' },
      { issuer: address, flow: 'redirect' },
      { 'redirect-uri': address, flow: 'popup' },
    ]),
    ...scripts.slice(0, 2).map((address) => ({ 'backend-uri': address })),
    { issuer: 'http://localhost:x@evil.example' },
    { issuer: 'https://' },
    { 'redirect-uri': `${shop.origin}.evil.example/` },
    { 'backend-uri': 'http://evil.example/start' },
    { 'backend-uri': 'https://api.shop.example/start' },
    { 'backend-uri': 'https://' },
    { 'backend-uri': `blob:${shop.origin}/1` },
    { 'backend-uri': ' java\nscript:window.ran=1' },
  ]
  await page.goto(shop.page({ body: wrong.map((it) => shop.button(it)).join('') }))
  const address = page.url()

  for (const [at, attributes] of wrong.entries()) {
    const { element, heard } = elementPage(page, `autogpt-signin >> nth=${at}`)
    await element.click()

    await expect(element, JSON.stringify(attributes)).toHaveAttribute('status', 'error')
    expect((await heard()).at(-1), JSON.stringify(attributes)).toMatchObject({
      detail: { code: 'config' },
    })
  }
  expect(await page.evaluate('window.ran')).toBeUndefined()
  expect(page.url()).toBe(address)
  expect(page.context().pages()).toHaveLength(1)
})

test('a start of the site’s own learns where the person was', async ({ page, shop }) => {
  shop.serve('/auth/start', { body: 'here' })
  for (const start of ['/auth/start', `${shop.origin}/auth/start?a=b`]) {
    await page.goto(`${shop.page({ body: shop.button({ 'backend-uri': start }) })}?size=L#reviews`)
    await elementPage(page).element.click()

    await page.waitForURL(({ pathname }) => pathname === '/auth/start')
    const { searchParams } = new URL(page.url())
    expect(searchParams.get('return_to'), start).toBe('/?size=L#reviews')
    expect(searchParams.get('a')).toBe(start.includes('?') ? 'b' : null)
  }
})

// A180: what an attempt began with is what its answer is held against
test('another server, app or page that comes while an attempt is under way changes nothing', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { element, openWindow, heard } = elementPage(page)
  const popup = await openWindow()
  const asked = page.waitForRequest('**/api/oauth/token')

  await element.evaluate((it) => {
    for (const name of ['client-id', 'issuer', 'redirect-uri', 'scope', 'response-type']) {
      it.setAttribute(name, 'https://evil.example')
    }
  })
  await signInAndAllow(popup, await server.createUser())

  expect((await asked).url()).toBe(`${server.issuer}/api/oauth/token`)
  expect((await asked).postData()).toContain(shop.app.client_id)
  await expect(element).toHaveAttribute('status', 'done')
  expect((await heard()).at(-1)).toMatchObject({ detail: { status: 'signed-in' } })
})
