import type { AutoGPTSignIn } from '../../widget/src/element.ts'
import { signInAndAllow } from '../journeys.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

const markup = '<img src=x onerror="window.hit = 1">'

// A180
test('markup in attributes is text, and an address that runs is no address', async ({
  page,
  shop,
}) => {
  const words = { label: markup, title: markup, text: markup, theme: markup, locale: markup }
  const ran = 'javascript:window.hit=1//'
  await page.goto(
    shop.page({
      body: [
        shop.button({ ...words, id: 'words' }),
        shop.button({ issuer: ran, id: 'issuer' }),
        shop.button({ 'redirect-uri': ran, id: 'address', flow: 'redirect' }),
      ].join(''),
    }),
  )

  await expect(elementPage(page, '#words').button).toHaveAccessibleName(markup)
  for (const id of ['issuer', 'address']) {
    await elementPage(page, `#${id}`).element.click()
    await expect(elementPage(page, `#${id}`).element).toHaveAttribute('status', 'error')
  }
  expect((await elementPage(page).heard()).map(({ detail }) => detail.code)).toEqual([
    undefined,
    'config',
    undefined,
    'config',
  ])
  expect(await page.evaluate('window.hit')).toBeUndefined()
  const images = (it: AutoGPTSignIn) => it.shadowRoot?.querySelectorAll('img').length
  expect(await elementPage(page, '#words').element.evaluate(images)).toBe(0)
})

// A183
test('an answer with markup in its error is an error, and only that', async ({ page, shop }) => {
  const url = shop.page({ body: shop.button() })
  const answer = new URLSearchParams({ error: markup, error_description: markup, state: 'agpr.x' })

  await page.goto(`${url}?${answer}`)

  await expect(elementPage(page).element).toHaveAttribute('status', 'error')
  expect((await elementPage(page).heard()).at(-1)).toMatchObject({
    detail: { code: 'state_mismatch' },
  })
  expect(page.url()).toBe(url)
  expect(await page.evaluate('window.hit')).toBeUndefined()
})

// A183, A177
test('a flood of messages neither ends an attempt nor is believed', async ({
  page,
  shop,
  server,
}) => {
  const person = await server.createUser()
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { element, heard, openWindow } = elementPage(page)
  const popup = await openWindow()
  const words = [null, 0, 'x', {}, { state: {} }, { code: 'x', state: 'agpp.guessed' }]
  await page.evaluate((some) => {
    for (let sent = 0; sent < 10_000; sent += 1) postMessage(some[sent % some.length])
  }, words)

  await expect(element).toHaveAttribute('status', 'busy')
  await signInAndAllow(popup, person)

  await expect(element).toHaveAttribute('status', 'done')
  expect((await heard()).at(-1)).toMatchObject({ detail: { claims: { email: person.email } } })
})
