import { freePorts } from '../../scripts/free-ports.ts'
import { signInAndAllow } from '../journeys.ts'
import { consentPage } from '../pages/consent-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { copyExample, type Example } from './example.ts'
import { test as base, expect } from './fixtures.ts'

// A site's packages come from the registry first.
base.describe.configure({ timeout: 180_000 })

const test = base.extend<{ example(name: string): Example }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names a fixture asks for
  example: async ({}, use) => {
    const examples: Example[] = []
    await use((name) => {
      const example = copyExample(name)
      examples.push(example)
      return example
    })
    for (const example of examples) await example.remove()
  },
})

test('plain HTML: two lines and a listener, and the page knows who', async ({
  page,
  shop,
  server,
  example,
}) => {
  const { email, password, name } = await server.createUser()
  const body = example('plain-html')
    .read('index.html')
    .replace('http://localhost:4000', server.issuer)
    .replace('agpt_client_…', shop.app.client_id)
  await page.addInitScript('delete window.IdentityCredential')
  await page.goto(shop.serve('/', { body }))

  const popup = await elementPage(page).openWindow()
  await signInAndAllow(popup, { email, password })

  await expect(page.getByText(`You are ${name}, ${email}.`)).toBeVisible()
})

test('Vite and React: the built page signs people in, in a window and by redirect', async ({
  page,
  shop,
  server,
  example,
}) => {
  const person = await server.createUser()
  const site = example('react')
  site.run('build', { VITE_CLIENT_ID: shop.app.client_id, VITE_ISSUER: server.issuer })
  site.serveFrom(shop, 'dist')
  await page.addInitScript('delete window.IdentityCredential')
  await page.goto(shop.origin)
  const { element, openWindow } = elementPage(page)

  const popup = await openWindow()
  await signInPage(popup).signIn(person)
  await consentPage(popup).deny.click()
  await expect(page.getByText('access_denied')).toBeVisible()

  await element.evaluate((it) => it.setAttribute('flow', 'redirect'))
  await element.click()
  await consentPage(page).allow.click()

  await expect(page.getByRole('heading')).toHaveText(`Hello, ${person.name}`)
  expect(page.url()).toBe(`${shop.origin}/`)
})

test('Fastify and openid-client: the site’s own session, and no token in the page', async ({
  page,
  server,
  example,
}) => {
  const person = await server.createUser()
  const port = await freePorts()
  const ORIGIN = `http://backend.localhost:${port}`
  const app = await server.createApp({
    name: 'Backend',
    type: 'web',
    redirect_uris: [`${ORIGIN}/auth/callback`],
    scopes: ['IDENTITY'],
  })
  const { client_id: CLIENT_ID, client_secret: CLIENT_SECRET = '' } = app
  const SESSION_SECRET = 's'.repeat(64)
  const env = { ISSUER: server.issuer, ORIGIN, CLIENT_ID, CLIENT_SECRET, SESSION_SECRET }
  await example('fastify').start(port, env)
  await page.goto(`${ORIGIN}/?goods=shoes`)

  await elementPage(page).element.click()
  await signInPage(page).signIn(person)
  await consentPage(page).deny.click()
  await expect(page.getByText('You are not signed in.')).toBeVisible()

  await page.goto(`${ORIGIN}/?goods=shoes`)
  await elementPage(page).element.click()
  await consentPage(page).allow.click()

  await expect(page.getByRole('heading')).toHaveText(`Hello, ${person.name}`)
  expect(page.url()).toBe(`${ORIGIN}/?goods=shoes`)
  // No other site is where its people end.
  for (const elsewhere of [
    '//evil.example/',
    'https://evil.example',
    '/.//evil.example',
    'http:',
  ]) {
    await page.goto(`${ORIGIN}/auth/start?${new URLSearchParams({ return_to: elsewhere })}`)
    await page.waitForURL(({ pathname }) => !pathname.startsWith('/auth/'))
    expect(new URL(page.url()).origin).toBe(ORIGIN)
  }
  await page.goto(ORIGIN)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading')).toHaveText('Hello')
})
