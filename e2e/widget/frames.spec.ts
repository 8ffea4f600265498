import type { Frame, Page } from '@playwright/test'
import { signInAndAllow } from '../journeys.ts'
import type { Heard } from './element-page.ts'
import { expect, test } from './fixtures.ts'
import type { Shop } from './shop.ts'
import { type Site, startSite } from './site.ts'

const frameOf = async (page: Page, origin: string): Promise<Frame> => {
  const find = () => page.frames().find((frame) => frame.url().startsWith(origin))
  await expect.poll(find).toBeTruthy()
  return find() as Frame
}

const framing = (site: Site, url: string) =>
  site.serve('/', { body: `<iframe src="${url}" width="600" height="400">` })

test.describe('in a frame of another site', () => {
  let news: Site
  test.beforeEach(async () => {
    news = await startSite('news')
  })
  test.afterEach(async () => news.stop())

  // A184
  for (const path of ['/login', '/fedcm/login', '/auth/logout', 'an app’s request'] as const) {
    test(`the page at ${path} is not shown`, async ({ page, shop, server, complaints }) => {
      const url = path.startsWith('/') ? server.issuer + path : requestOf(server.issuer, shop)
      await page.goto(framing(news, url))

      await expect.poll(() => complaints.join()).toMatch(/frame-ancestors/)
      for (const frame of page.frames().slice(1)) {
        expect(await frame.locator('input').count()).toBe(0)
      }
      complaints.splice(0)
    })
  }

  // A184
  for (const flow of ['auto', 'popup']) {
    test(`the button signs in by a window, with flow ${flow}`, async ({
      page,
      shop,
      server,
      complaints,
    }) => {
      const person = await server.createUser()
      await page.goto(framing(news, shop.page({ body: shop.button({ flow }) })))
      const frame = await frameOf(page, shop.origin)
      const element = frame.locator('autogpt-signin')

      const [popup] = await Promise.all([page.waitForEvent('popup'), element.click()])
      await signInAndAllow(popup, person)

      await expect(element).toHaveAttribute('status', 'done')
      const heard = (await frame.evaluate('window.heard')) as Heard[]
      expect(heard.at(-1)).toMatchObject({
        detail: { via: 'popup', claims: { email: person.email } },
      })
      complaints.splice(0)
    })
  }
})

const requestOf = (issuer: string, { app, origin }: Shop) =>
  `${issuer}/auth/authorize?${new URLSearchParams({
    client_id: app.client_id,
    redirect_uri: `${origin}/`,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })}`
