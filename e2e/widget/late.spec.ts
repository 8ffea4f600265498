import type { Page } from '@playwright/test'
import type { AutoGPTSignIn } from '../../widget/src/element.ts'
import { consentPage } from '../pages/consent-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import type { Server } from '../server.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'
import type { Shop } from './shop.ts'

/** The page a second time says who it is only once it has asked its own server. */
async function returnsTo(page: Page, shop: Shop, server: Server, last: string): Promise<void> {
  await page.goto(shop.page({ body: shop.button({ flow: 'redirect' }) }))
  await elementPage(page).element.click()
  await signInPage(page).signIn(await server.createUser())
  shop.page({ body: '<autogpt-signin></autogpt-signin>', last })
  await consentPage(page).allow.click()
  await page.waitForURL(/^http:\/\/shop\./)
}

const set = (name: string, value: string) =>
  `document.querySelector('autogpt-signin').setAttribute('${name}', '${value}')`
const later = (...steps: string[]) =>
  `<script type="module">
    const pause = () => new Promise((resolve) => setTimeout(resolve, 200))
    ${steps.map((step) => `await pause(); ${step}`).join('\n')}
  </script>`

for (const order of [
  ['issuer', 'client-id'],
  ['client-id', 'issuer'],
]) {
  test(`a redirect’s answer waits for ${order.join(', then ')}`, async ({ page, shop, server }) => {
    const values: Record<string, string> = {
      issuer: server.issuer,
      'client-id': shop.app.client_id,
    }
    // As from npm, where no script's address says which server it is.
    const steps = order.map((name) => set(name, String(values[name])))
    steps.unshift(`delete customElements.get('autogpt-signin').issuer`)

    await returnsTo(page, shop, server, later(...steps))

    await expect(elementPage(page).element).toHaveAttribute('status', 'done')
    expect(await elementPage(page).names()).toEqual(['success'])
  })
}

test('another app’s id takes nothing of it', async ({ page, shop, server }) => {
  const steps = ['other', shop.app.client_id].map((id) => set('client-id', id))

  await returnsTo(page, shop, server, later(set('issuer', server.issuer), ...steps))

  await expect(elementPage(page).element).toHaveAttribute('status', 'done')
  expect(await elementPage(page).names()).toEqual(['success'])
})

test('auto-prompt asks once it is known whom for', async ({ page, shop }) => {
  const dialog = `<script>
    window.IdentityCredential ??= class {}
    window.asked = []
    navigator.credentials.get = ({ identity }) => {
      window.asked.push(identity.providers[0].clientId)
      return new Promise(() => {})
    }
  </script>`
  await page.goto(
    shop.page({ first: dialog, body: '<autogpt-signin auto-prompt></autogpt-signin>' }),
  )
  const { element } = elementPage(page)
  await expect(element).toHaveAttribute('status', 'idle')

  await element.evaluate((it, id) => it.setAttribute('client-id', id), shop.app.client_id)

  await expect.poll(() => page.evaluate('window.asked')).toEqual([shop.app.client_id])
})

test('what a late listener hears is the event that it was', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup', 'client-id': '' }) }))
  const { element } = elementPage(page)
  await element.click()
  await expect(element).toHaveAttribute('status', 'error')

  const heard = await element.evaluate(
    (it) =>
      new Promise((resolve) => {
        document.addEventListener('autogpt-signin-error', () => resolve('said to everybody again'))
        it.addEventListener('autogpt-signin-error', ((event: CustomEvent<object>) => {
          const { bubbles, composed, detail } = event
          const isPlain = event.constructor === CustomEvent
          setTimeout(() => resolve({ bubbles, composed, isPlain, ...detail }), 50)
        }) as EventListener)
      }),
  )

  expect(heard).toMatchObject({ bubbles: false, composed: false, isPlain: false, code: 'config' })
})

test('preload() without a server opens no connection', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button() }))

  await elementPage(page).element.evaluate((it) => {
    const button = it.constructor as typeof AutoGPTSignIn
    delete button.issuer
    button.preload()
    button.preload('https://sso.example')
  })

  expect(
    await page
      .locator('link[rel="preconnect"]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
  ).toEqual(['https://sso.example'])
})
