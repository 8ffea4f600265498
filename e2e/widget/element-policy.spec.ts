import { signInAndAllow } from '../journeys.ts'
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

test('it has its looks under the strictest policy', async ({ page, shop, server }) => {
  const headers = { 'content-security-policy': strict(shop.origin, server.issuer) }
  await page.goto(shop.page({ headers, body: shop.button() }))
  const { button } = elementPage(page)

  await expect(button).toHaveCSS('background-color', 'rgb(23, 24, 28)')
  await expect(button).toHaveCSS('border-radius', '8px')
})

// A182
for (const flow of ['popup', 'redirect']) {
  test(`under the strictest policy somebody signs in: ${flow}`, async ({ page, shop, server }) => {
    const headers = { 'content-security-policy': strict(shop.origin, server.issuer) }
    await page.goto(shop.page({ headers, body: shop.button({ flow }) }))
    const { element, heard, begin } = elementPage(page)
    const where = await begin(flow)
    await signInAndAllow(where, await server.createUser())

    await expect(element).toHaveAttribute('status', 'done')
    expect((await heard()).at(-1)).toMatchObject({ detail: { status: 'signed-in', via: flow } })
  })
}
