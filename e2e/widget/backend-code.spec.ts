import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as oidc from 'openid-client'
import { signInAndAllow } from '../journeys.ts'
import type { App, Server } from '../server.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

const file = join(import.meta.dirname, '../../docs/integrate/button.md')
const [, shown = ''] =
  /```js\n((?:(?!```)[\s\S])*authorizationCodeGrant[\s\S]+?)```/.exec(readFileSync(file, 'utf8')) ??
  []

interface Session {
  nonce: string
  person?: oidc.IDToken | undefined
}

/** The backend of the guide: its own lines, as it shows them. */
async function redeem(server: Server, app: App, body: object, session: Session): Promise<Session> {
  const options = { execute: [oidc.allowInsecureRequests] }
  const { client_id, client_secret } = app
  const config = await oidc.discovery(
    new URL(server.issuer),
    client_id,
    client_secret,
    undefined,
    options,
  )
  const AsyncFunction = redeem.constructor as FunctionConstructor
  const run = AsyncFunction('request', 'oidc', 'config', 'session', shown)
  await run({ body }, oidc, config, session)
  return session
}

for (const flow of ['popup', 'redirect']) {
  test(`${flow}: a backend redeems the code with its own secret, as the guide shows`, async ({
    page,
    anotherShop,
    server,
  }) => {
    const shop = await anotherShop({ type: 'web' })
    const person = await server.createUser()
    const attributes = { flow, 'response-type': 'code', 'oidc-nonce': 'of the session' }
    await page.goto(shop.page({ body: shop.button(attributes) }))
    const { element, heard, begin } = elementPage(page)
    const where = await begin(flow)
    await signInAndAllow(where, person)
    await expect(element).toHaveAttribute('status', 'done')
    const { name, detail } = (await heard()).at(-1) ?? {}
    expect(name).toBe('success')
    expect(detail).toMatchObject({ status: 'code', via: flow, nonce: 'of the session' })
    expect(detail).not.toHaveProperty('tokens')

    const session = await redeem(server, shop.app, { ...detail }, { nonce: 'of the session' })

    expect(session.person).toMatchObject({ email: person.email, name: person.name })
  })
}

// Without it somebody could post a sign-in of their own into the session of another person.
test('the nonce of another session is refused', async ({ page, anotherShop, server }) => {
  const shop = await anotherShop({ type: 'web' })
  const attributes = { flow: 'popup', 'response-type': 'code', 'oidc-nonce': 'of one' }
  await page.goto(shop.page({ body: shop.button(attributes) }))
  const { element, heard, openWindow } = elementPage(page)
  const popup = await openWindow()
  await signInAndAllow(popup, await server.createUser())
  await expect(element).toHaveAttribute('status', 'done')
  const { detail } = (await heard()).at(-1) ?? {}

  const session: Session = { nonce: 'of another' }
  await expect(redeem(server, shop.app, { ...detail }, session)).rejects.toThrow(/claim/)

  expect(session.person).toBeUndefined()
})
