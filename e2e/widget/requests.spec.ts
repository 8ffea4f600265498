import type { Page } from '@playwright/test'
import type { Server } from '../server.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

/** Stops at the authorization page's door: what was asked there, in a window or in this tab. */
async function askedFor(page: Page, server: Server): Promise<Record<string, string>> {
  const asked = new Promise<URL>((resolve) => {
    void page.context().route(`${server.issuer}/auth/authorize?**`, async (route) => {
      resolve(new URL(route.request().url()))
      await route.fulfill({ body: 'stopped' })
    })
  })
  await elementPage(page).element.click()
  return Object.fromEntries((await asked).searchParams)
}

test('what is passed on arrives as it was written', async ({ page, shop, server }) => {
  const button = shop.button({
    flow: 'popup',
    'login-hint': 'ada+1@example.com',
    prompt: 'login consent',
    'max-age': '300',
    'acr-values': 'urn:a urn:b',
    resource: 'https://api.example/v1?a=b&c',
    'oidc-nonce': 'of the session',
    locale: 'pt-BR',
  })
  await page.goto(shop.page({ body: button }))

  expect(await askedFor(page, server)).toMatchObject({
    client_id: shop.app.client_id,
    redirect_uri: `${shop.origin}/`,
    response_type: 'code',
    code_challenge_method: 'S256',
    login_hint: 'ada+1@example.com',
    prompt: 'login consent',
    max_age: '300',
    acr_values: 'urn:a urn:b',
    resource: 'https://api.example/v1?a=b&c',
    nonce: 'of the session',
    ui_locales: 'pt',
  })
})

test('what nobody set is not asked for', async ({ page, shop, server }) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'redirect' }) }))

  expect(Object.keys(await askedFor(page, server)).sort()).toEqual([
    'client_id',
    'code_challenge',
    'code_challenge_method',
    'nonce',
    'redirect_uri',
    'response_type',
    'scope',
    'state',
    'ui_locales',
  ])
})

// OpenID Connect Core 3.1.2.1: zero is a wish of its own, to prove it now.
test('a max-age of zero is a wish like any other', async ({ page, shop, server }) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup', 'max-age': '0' }) }))

  expect(await askedFor(page, server)).toMatchObject({ max_age: '0' })
})

const lists: Record<string, string> = {
  openid: 'openid',
  'email openid': 'openid email',
  'openid email': 'openid email',
  ' profile  openid email ': 'openid profile email',
  'email email': 'openid email',
  '': 'openid profile email',
}

for (const [written, sent] of Object.entries(lists)) {
  test(`scope="${written}" asks for "${sent}"`, async ({ page, shop, server }) => {
    await page.goto(shop.page({ body: shop.button({ flow: 'popup', scope: written }) }))

    expect((await askedFor(page, server)).scope).toBe(sent)
  })
}
