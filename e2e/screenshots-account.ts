import type { Page } from '@playwright/test'
import { platformScopeNames } from '../server/src/provider/scopes.ts'
import { de } from '../server/src/web/locales/de.ts'
import { en } from '../server/src/web/locales/en.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { newestMail } from './outbox.ts'
import { consentPage } from './pages/consent-page.ts'
import type { Person, Server } from './server.ts'
import { shoot } from './shoot.ts'
import { authorizeUrl } from './third-party.ts'

const languages = [
  { tag: 'en', locale: 'en-GB', messages: en },
  { tag: 'de', locale: 'de-DE', messages: de },
]

const firefox =
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 (a device elsewhere)'

/** The person says yes to an app with this name. */
async function connect(page: Page, server: Server, app: { name: string; scopes: string[] }) {
  const redirect_uri = 'http://localhost:9/callback'
  const made = await server.createApp({ ...app, redirect_uris: [redirect_uri] })
  const scope = `openid profile email ${app.scopes.join(' ')}`
  // Nobody listens there, and the browser's own page about that would come in between.
  await page.route(/localhost:9/, (route) => route.fulfill({ body: '' }))
  await page.goto(authorizeUrl(server.issuer, made, { redirect_uri, scope }))
  await consentPage(page).allow.click()
  await page.waitForURL(/localhost:9/)
}

async function makeKey(page: Page, fields: { name: string; addresses?: string }) {
  await page.goto('/account/api-keys')
  await page.locator('#name').fill(fields.name)
  for (const scope of ['READ_RUN', 'RUN_AGENT']) {
    await page.locator(`#new-${scope}`).check()
  }
  await page.locator('#allowed_addresses').fill(fields.addresses ?? '')
  await page.locator('form[action="/account/api-keys"] button').click()
  await expect(page.locator('#new-key')).toBeVisible()
}

for (const { tag, locale, messages } of languages) {
  const words = messages.account
  const email = `${tag}.lovelace-of-ockham@mathematics.example.com`
  const open = async (anotherBrowser: (options: object) => Promise<Page>, person: Person) => {
    const page = await anotherBrowser({ locale })
    await signInDirectly(page, person)
    return page
  }

  test(`the account, ${tag}`, async ({ anotherBrowser, server }) => {
    const person = await server.createUser({ email })
    await signInDirectly(await anotherBrowser({ userAgent: firefox }), person)
    const page = await open(anotherBrowser, person)
    await shoot(page, `${tag}-account`)
    await page.locator('#current_password').fill('not it')
    await page.locator('#password').fill('a meadow at noon')
    await page.getByRole('button', { name: words.password.button }).click()
    await shoot(page, `${tag}-account-errors`)
    await page.goto('/account/delete')
    await shoot(page, `${tag}-account-delete`)
    await page.locator('#current_password').fill(person.password)
    await page.getByRole('button', { name: words.leaving.button }).click()
    await shoot(page, `${tag}-account-deleted`)
  })

  test(`connected apps, ${tag}`, async ({ anotherBrowser, server }) => {
    const person = await server.createUser()
    const page = await open(anotherBrowser, person)
    await page.goto('/account/apps')
    await shoot(page, `${tag}-apps-none`)
    await connect(page, server, { name: 'Agent Notebook', scopes: ['IDENTITY', 'READ_GRAPH'] })
    const { link } = await newestMail(server.dataDir, person.email)
    const name = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
    await connect(page, server, { name, scopes: [...platformScopeNames] })
    await page.goto('/account/apps')
    await shoot(page, `${tag}-apps`)
    for (const remove of await page.locator('summary').all()) await remove.click()
    await shoot(page, `${tag}-apps-sure`)
    await page.getByRole('button', { name: words.apps.narrow }).first().click()
    await shoot(page, `${tag}-apps-narrowed`)
    await page.goto(link)
    await shoot(page, `${tag}-not-me`)
    await page.getByRole('button', { name: words.notMe.button }).click()
    await shoot(page, `${tag}-not-me-done`)
    await page.goto(link)
    await shoot(page, `${tag}-not-me-over`)
  })

  test(`API keys, ${tag}`, async ({ anotherBrowser, server }) => {
    const page = await open(anotherBrowser, await server.createUser())
    await page.goto('/account/api-keys')
    await shoot(page, `${tag}-keys-none`)
    await makeKey(page, { name: 'Nightly report', addresses: '203.0.113.7\n2001:db8::/32' })
    await shoot(page, `${tag}-keys-new`)
    await makeKey(page, { name: 'Suspended one' })
    await page.goto('/account/api-keys')
    await page.getByRole('button', { name: words.keys.suspend }).first().click()
    await makeKey(page, { name: 'x'.repeat(100) })
    await page.goto('/account/api-keys')
    await page.getByRole('button', { name: words.keys.rotate }).first().click()
    await page.goto('/account/api-keys')
    await page.locator('summary', { hasText: words.keys.change }).last().click()
    await shoot(page, `${tag}-keys`)
    await page.locator('summary', { hasText: words.keys.revoke }).first().click()
    await shoot(page, `${tag}-keys-sure`)
    await page.locator('details[open] textarea').fill('everywhere')
    await page.getByRole('button', { name: words.keys.save }).last().click()
    await shoot(page, `${tag}-keys-change-errors`)
    await page.locator('#name').fill('No permission')
    await page.locator('#expires_in_days').fill('0')
    await page.locator('form[action="/account/api-keys"] button').click()
    await shoot(page, `${tag}-keys-errors`)
  })

  test(`another address, ${tag}`, async ({ anotherBrowser, server }) => {
    const person = await server.createUser()
    const page = await open(anotherBrowser, person)
    const next = `new.${person.email}`
    await page.locator('#email').fill(next)
    await page.locator('#email_password').fill(person.password)
    await page.getByRole('button', { name: words.email.button }).click()
    await shoot(page, `${tag}-email-asked`)
    const { link } = await newestMail(server.dataDir, next)
    await page.goto(link)
    await shoot(page, `${tag}-email-confirm`)
    await page.getByRole('button', { name: words.email.confirmButton }).click()
    await shoot(page, `${tag}-email-changed`)
    await page.goto(link)
    await shoot(page, `${tag}-email-over`)
  })
}
