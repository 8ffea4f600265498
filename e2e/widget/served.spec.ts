import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

const forms = {
  'a script tag': (server: string) =>
    `<script src="${server}/widget/v1/autogpt-signin.js"></script>`,
  'a script tag that says module': (server: string) =>
    `<script type="module" src="${server}/widget/v1/autogpt-signin.js"></script>`,
  'the module': (server: string) =>
    `<script type="module" src="${server}/widget/v1/autogpt-signin.mjs"></script>`,
}

for (const [name, tag] of Object.entries(forms)) {
  test(`${name} is enough: the button knows the server that it came from`, async ({
    page,
    shop,
    server,
  }) => {
    const body = `<autogpt-signin client-id="${shop.app.client_id}" flow="popup"></autogpt-signin>`
    await page.goto(shop.page({ script: tag(server.issuer), body }))

    const window = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Sign in with AutoGPT' }).click()

    await expect((await window).getByRole('heading', { level: 1 })).toBeVisible()
    expect(new URL((await window).url()).origin).toBe(server.issuer)
  })
}

// Cross-Origin-Embedder-Policy: require-corp takes nothing that does not say so itself.
test('an isolated page loads the version that it pinned', async ({ page, shop, server }) => {
  const { url, integrity } = await pinned(server.issuer)
  const headers = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  }
  const script = `<script src="${url}" integrity="${integrity}" crossorigin></script>`

  await page.goto(shop.page({ script, headers, body: shop.button() }))

  await expect(page.getByRole('button', { name: 'Sign in with AutoGPT' })).toBeVisible()
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
})

// A182
test('a script that is not what was pinned does not run', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  const { url, integrity } = await pinned(server.issuer)
  const other = integrity.replace(
    /^sha384-./,
    (start) => start.slice(0, -1) + (start.endsWith('A') ? 'B' : 'A'),
  )
  const script = `<script src="${url}" integrity="${other}" crossorigin></script>`

  await page.goto(shop.page({ script, body: shop.button() }))

  expect(await isDefined(page)).toBe(false)
  expect(complaints.splice(0).join()).toContain('integrity')
})

const isDefined = (page: Page) =>
  page.evaluate(() => customElements.get('autogpt-signin') !== undefined)

async function pinned(issuer: string): Promise<{ url: string; integrity: string }> {
  const { files } = await (await fetch(`${issuer}/widget/v1/manifest.json`)).json()
  return files['autogpt-signin.js']
}
