import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

/** Scripts and connections, nothing else: no style, no picture, no font, no policy but Lit's own. */
const strict = (origin: string, issuer: string) =>
  [
    "default-src 'none'",
    `script-src ${origin} ${issuer}`,
    `connect-src ${issuer}`,
    "style-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')

// A182
test('it has its looks and works under the strictest policy', async ({ page, shop, server }) => {
  const headers = { 'content-security-policy': strict(shop.origin, server.issuer) }
  await page.goto(shop.page({ headers, body: shop.button({ flow: 'popup' }) }))
  const { button, element, openWindow } = elementPage(page)

  await expect(button).toHaveCSS('background-color', 'rgb(23, 24, 28)')
  await expect(button).toHaveCSS('border-radius', '8px')
  await openWindow()
  await expect(element).toHaveAttribute('status', 'busy')
})
