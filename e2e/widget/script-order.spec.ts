import { signInAndAllow } from '../journeys.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

/** As any statistics script does it, of which pages have many. */
const spy = `navigator.sendBeacon('/seen?' + encodeURIComponent(location.href))`

// A179: as the guide has it, a plain script tag in the head, before all others
for (const flow of ['popup', 'redirect']) {
  test(`${flow}: a script that comes after ours sees no code in the address`, async ({
    page,
    shop,
    server,
  }) => {
    shop.serve('/seen', { body: '' })
    const script = `<script src="${server.issuer}/widget/v1/autogpt-signin.js"></script>
      <script>${spy}</script>`
    const body = shop.button({ flow, 'response-type': 'code' })
    await page.goto(shop.page({ script, body }))
    const { element, begin } = elementPage(page)

    const where = await begin(flow)
    await signInAndAllow(where, await server.createUser())
    await expect(element).toHaveAttribute('status', 'done')

    const seen = shop.requests.filter((path) => path.startsWith('/seen?'))
    // On the page that was left, and where the answer arrived.
    expect(seen).toHaveLength(2)
    expect(seen.map(decodeURIComponent)).toEqual(seen.map(() => `/seen?${shop.origin}/`))
  })
}
