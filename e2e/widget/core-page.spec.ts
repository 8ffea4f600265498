import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signInAndAllow } from '../journeys.ts'
import { consentPage } from '../pages/consent-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import type { Server } from '../server.ts'
import { expect, test } from './fixtures.ts'
import type { Shop } from './shop.ts'

const root = join(import.meta.dirname, '../..')
const dist = join(root, 'widget/dist')
const guide = readFileSync(join(root, 'docs/integrate/button.md'), 'utf8')

/** What the guide shows under "Without the button", on a page that has a button of its own. */
function ownButton(shop: Shop, server: Server, options = ''): string {
  for (const name of readdirSync(dist).filter((name) => name.endsWith('.js'))) {
    const body = readFileSync(join(dist, name), 'utf8')
    shop.serve(`/signin/${name}`, { body, type: 'text/javascript' })
  }
  const [, shown = ''] = /## Without the button[\s\S]+?```js\n([\s\S]+?)```/.exec(guide) ?? []
  const source = shown
    .replace('@autogpt/signin/core', '/signin/core.js')
    .replace('https://sso.example', server.issuer)
    .replace("clientId: 'agpt_client_…'", `clientId: '${shop.app.client_id}'${options}`)
  const body = `<!doctype html><html lang="en"><title>Own button</title><h1>Hello</h1>
    <button type="button">Enter</button><p role="alert"></p>
    <script type="module">
      const button = document.querySelector('button')
      const welcome = ({ name }) => { document.querySelector('h1').textContent = 'Hello, ' + name }
      addEventListener('unhandledrejection', (event) => {
        event.preventDefault()
        document.querySelector('p').textContent = event.reason.code
      })
      ${source}
    </script></html>`
  return shop.serve('/', { body })
}

test('without the element the core opens a window, and the page knows who', async ({
  page,
  shop,
  server,
}) => {
  const person = await server.createUser()
  await page.addInitScript('delete window.IdentityCredential')
  await page.goto(ownButton(shop, server))

  const [refused] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Enter' }).click(),
  ])
  await signInPage(refused).signIn(person)
  await consentPage(refused).deny.click()
  await expect(page.getByRole('alert')).toHaveText('access_denied')

  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Enter' }).click(),
  ])
  await consentPage(popup).allow.click()
  await expect(page.getByRole('heading')).toHaveText(`Hello, ${person.name}`)
  expect(page.url()).toBe(`${shop.origin}/`)
})

test('by redirect finishRedirect() has the answer, and handleCallback() has cleaned the address', async ({
  page,
  shop,
  server,
}) => {
  const person = await server.createUser()
  const address = ownButton(shop, server, ", flow: 'redirect'")
  await page.goto(`${address}#keep`)

  await page.getByRole('button', { name: 'Enter' }).click()
  await signInAndAllow(page, person)

  await expect(page.getByRole('heading')).toHaveText(`Hello, ${person.name}`)
  expect(page.url()).toBe(`${address}#keep`)
  expect(await page.evaluate(() => ({ ...sessionStorage }))).toEqual({})
})
