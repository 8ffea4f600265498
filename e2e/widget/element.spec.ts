import type { AutoGPTSignIn } from '../../widget/src/element.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

test('it says what it does, and in which state it is', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button() }))
  const { element, button } = elementPage(page)

  await expect(button).toHaveAccessibleName('Sign in with AutoGPT')
  await expect(element).toHaveAttribute('status', 'idle')
  await expect(page.locator('autogpt-signin:state(idle)')).toBeVisible()
  expect(await element.evaluate((it: AutoGPTSignIn) => it.status)).toBe('idle')
})

test('its words are chosen by text, label or what stands in it', async ({ page, shop }) => {
  const own = shop.button({ id: 'own' }).replace('></', '>Enter with <b>AutoGPT</b></')
  const body =
    ['signin', 'signup', 'continue', 'nonsense'].map((text) => shop.button({ text })).join('') +
    shop.button({ label: 'Join us' }) +
    own
  await page.goto(shop.page({ body }))

  const names = [
    'Sign in with AutoGPT',
    'Sign up with AutoGPT',
    'Continue with AutoGPT',
    'Sign in with AutoGPT',
    'Join us',
    'Enter with AutoGPT',
  ]
  for (const [at, name] of names.entries()) {
    await expect(page.getByRole('button').nth(at)).toHaveAccessibleName(name)
  }
})

test('an icon has a name, and the name as a hint', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button({ variant: 'icon' }) }))
  const { button } = elementPage(page)

  await expect(button).toHaveAccessibleName('Sign in with AutoGPT')
  await expect(button).toHaveAttribute('title', 'Sign in with AutoGPT')
  const box = await button.boundingBox()
  expect([box?.width, box?.height]).toEqual([44, 44])
})

test('it speaks the language of its attribute, else of the place it stands in', async ({
  page,
  shop,
}) => {
  const within = `<div lang="ar">${shop.button({ id: 'place' })}</div>`
  await page.goto(
    shop.page({
      body: `${shop.button({ id: 'said', locale: 'fr-CA' })}${within}<p lang="ja"></p>`,
    }),
  )
  // In a shadow root the place is where its host stands.
  await page.evaluate(() => {
    const deep = document.createElement('autogpt-signin')
    deep.id = 'deep'
    document.querySelector('p')?.attachShadow({ mode: 'open' }).append(deep)
  })

  const french = elementPage(page, '#said').button
  await expect(french).toHaveAccessibleName('Se connecter avec AutoGPT')
  await expect(french).toHaveAttribute('lang', 'fr')
  await expect(french).toHaveAttribute('dir', 'ltr')
  const arabic = elementPage(page, '#place').button
  await expect(arabic).toHaveAttribute('lang', 'ar')
  await expect(arabic).toHaveAttribute('dir', 'rtl')
  await expect(elementPage(page, '#deep').button).toHaveAttribute('lang', 'ja')
})

test.describe('with a browser that is German', () => {
  test.use({ locale: 'de-AT' })

  test('a page in a language we do not speak gets the browser’s', async ({ page, shop }) => {
    await page.goto(shop.page({ body: `<div lang="nl">${shop.button()}</div>` }))

    await expect(elementPage(page).button).toHaveAccessibleName('Mit AutoGPT anmelden')
  })
})

test('what was set before the script came counts', async ({ page, shop, server }) => {
  await page.goto(shop.page({ script: '', body: '<autogpt-signin></autogpt-signin>' }))
  const early = await page.locator('autogpt-signin').elementHandle()
  await early?.evaluate((it, id) => Object.assign(it, { clientId: id, label: 'Early' }), 'client')

  await page.addScriptTag({ url: `${server.issuer}/widget/v1/autogpt-signin.js` })

  await expect(elementPage(page).button).toHaveAccessibleName('Early')
  expect(await early?.evaluate((it) => (it as AutoGPTSignIn).clientId)).toBe('client')
})

test('a page that loads the script twice keeps the first', async ({ page, shop, server }) => {
  const script = (query: string) =>
    `<script src="${server.issuer}/widget/v1/autogpt-signin.js${query}"></script>`
  await page.goto(shop.page({ script: script('') + script('?again'), body: shop.button() }))

  await expect(elementPage(page).button).toBeVisible()
})

test('a page’s style reaches it by custom properties and parts', async ({ page, shop }) => {
  const style = `<style>
    autogpt-signin { --autogpt-signin-bg: rgb(1, 2, 3); --autogpt-signin-height: 60px; width: 400px }
    autogpt-signin::part(label) { text-transform: uppercase }
  </style>`
  await page.goto(shop.page({ first: style, body: shop.button() }))
  const { button, element } = elementPage(page)

  await expect(button).toHaveCSS('background-color', 'rgb(1, 2, 3)')
  expect(await button.boundingBox()).toMatchObject({ width: 400, height: 60 })
  await expect(element.locator('[part="label"]')).toHaveCSS('text-transform', 'uppercase')
})

test('a button that is switched off does nothing', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button({ disabled: true, flow: 'popup' }) }))
  const { button, element, names } = elementPage(page)

  await expect(button).toBeDisabled()
  await button.click({ force: true })
  await element.evaluate((it: AutoGPTSignIn) => it.click())
  expect(await names()).toEqual([])
})

test('the page may stop an attempt before it begins', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  await page.evaluate(() => {
    addEventListener('autogpt-signin-start', (event) => event.preventDefault())
  })
  const { element, names } = elementPage(page)
  await element.click()

  const code = await element.evaluate((it: AutoGPTSignIn) => it.signIn().catch(({ code }) => code))

  expect(code).toBe('cancelled')
  expect(await names()).toEqual(['start', 'start'])
  await expect(element).toHaveAttribute('status', 'idle')
  expect(page.context().pages()).toHaveLength(1)
})
