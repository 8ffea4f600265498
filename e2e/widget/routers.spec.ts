import type { Page } from '@playwright/test'
import { signInAndAllow } from '../journeys.ts'
import type { Server } from '../server.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'
import type { Shop } from './shop.ts'

/** Away with a click, and back with the answer, which nothing of the page may keep. */
async function signsIn(page: Page, shop: Shop, server: Server): Promise<void> {
  const { element, heard } = elementPage(page)
  await element.click()
  await signInAndAllow(page, await server.createUser())
  await page.waitForURL(/^http:\/\/shop\./)
  await expect(element).toHaveAttribute('status', 'done')
  expect((await heard()).at(-1)).toMatchObject({ name: 'success', detail: { via: 'redirect' } })
  expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).toBe('{}')
  expect(shop.requests.filter((path) => path.includes('code=')).length).toBe(1)
}

// Going there from the callback would be a step within one page, which loads nothing.
for (const fragment of ['#reviews', '#/goods/42?size=L', '#']) {
  test(`a page that was left at ${fragment} finishes where the answer arrives`, async ({
    page,
    shop,
    server,
  }) => {
    const address = shop.page({ body: shop.button({ flow: 'redirect' }) }) + fragment
    await page.goto(address)

    await signsIn(page, shop, server)

    expect(page.url()).toBe(address)
  })
}

test('a router of fragments shows the page that was left', async ({ page, shop, server }) => {
  const router = `<script type="module">
    const show = () => { document.querySelector('h1').textContent = 'At ' + location.hash }
    addEventListener('hashchange', show)
    show()
  </script>`
  const address = shop.page({ last: router, body: shop.button({ flow: 'redirect' }) })
  await page.goto(address)
  await page.evaluate(() => location.assign('#/settings/keys'))
  await expect(page.getByRole('heading')).toHaveText('At #/settings/keys')

  await signsIn(page, shop, server)

  expect(page.url()).toBe(`${address}#/settings/keys`)
  await expect(page.getByRole('heading')).toHaveText('At #/settings/keys')
})

test('a router of paths shows the page that was left, one address being registered', async ({
  page,
  shop,
  server,
}) => {
  const router = `<script type="module">
    const show = () => {
      document.querySelector('h1').textContent = 'At ' + location.pathname
      document.querySelector('main').innerHTML = ${JSON.stringify(
        shop.button({ flow: 'redirect', 'redirect-uri': `${shop.origin}/` }),
      )}
    }
    window.go = (path) => { history.pushState({ path }, '', path); show() }
    addEventListener('popstate', show)
    show()
  </script>`
  const parts = { last: router, body: '<main></main>' }
  // Every path answers with the one page, as such sites' servers do.
  shop.page(parts, '/app/settings')
  await page.goto(shop.page(parts))
  await page.evaluate(`go('/app/settings?tab=1#x')`)

  await signsIn(page, shop, server)

  expect(page.url()).toBe(`${shop.origin}/app/settings?tab=1#x`)
  await expect(page.getByRole('heading')).toHaveText('At /app/settings')
})
