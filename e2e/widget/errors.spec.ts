import { freePorts } from '../../scripts/free-ports.ts'
import { signInAndAllow } from '../journeys.ts'
import { answerWith } from './answers.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

// RFC 9207 2.4, A141
for (const flow of ['popup', 'redirect']) {
  test(`${flow}: another server’s answer is refused, and its code sent nowhere`, async ({
    page,
    context,
    shop,
    server,
  }) => {
    const requests: string[] = []
    context.on('request', (request) => requests.push(request.url()))
    for (const iss of ['https://evil.example', '']) {
      await answerWith(context, server, { code: 'stolen', iss })
      await page.goto(shop.page({ body: shop.button({ flow }) }))
      const { element, heard } = elementPage(page)
      await element.click()

      await expect(element).toHaveAttribute('status', 'error')
      expect((await heard()).at(-1)).toMatchObject({
        detail: { code: 'issuer_mismatch', message: `${iss} answered` },
      })
    }
    expect(requests.filter((url) => url.endsWith('/api/oauth/token'))).toEqual([])
  })
}

const words: Record<string, string> = {
  server_error: 'server_error',
  temporarily_unavailable: 'server_error',
  access_denied: 'access_denied',
  login_required: 'access_denied',
  consent_required: 'access_denied',
  invalid_scope: 'config',
  unauthorized_client: 'config',
  'something new': 'server_error',
}

test('each of the server’s words is one of the closed list, with its own in the message', async ({
  page,
  context,
  shop,
  server,
}) => {
  for (const [error, code] of Object.entries(words)) {
    await answerWith(context, server, { error, error_description: 'Come back later.' })
    await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
    const { element, heard } = elementPage(page)
    await element.click()

    await expect(element).toHaveAttribute('status', 'error')
    expect((await heard()).at(-1)).toMatchObject({
      detail: { code, message: `${error} Come back later.` },
    })
  }
})

test('a browser without a dialog is told from one whose server is away', async ({
  page,
  shop,
  complaints,
}) => {
  const { element, heard } = elementPage(page)
  const first = '<script>delete window.IdentityCredential</script>'
  await page.goto(shop.page({ first, body: shop.button({ flow: 'fedcm' }) }))
  await element.click()
  await expect(element).toHaveAttribute('status', 'error')
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'unsupported' } })

  const issuer = `http://localhost:${await freePorts()}`
  await page.goto(shop.page({ body: shop.button({ flow: 'fedcm', issuer }) }))
  await element.click()
  await expect(element).toHaveAttribute('status', 'error')
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'network' } })
  complaints.splice(0)
})

test('a server that is away leaves the person with the browser’s own page, and a way back', async ({
  page,
  shop,
  complaints,
}) => {
  const issuer = `http://localhost:${await freePorts()}`
  const { element, names } = elementPage(page)
  await page.goto(shop.page({ body: shop.button({ flow: 'popup', issuer }) }))
  const [popup] = await Promise.all([page.waitForEvent('popup'), element.click()])
  await page.waitForTimeout(2_000)
  await popup.close()
  await expect(element).toHaveAttribute('status', 'idle')
  expect(await names()).toEqual(['start', 'cancel'])

  await page.goto(shop.page({ body: shop.button({ flow: 'redirect', issuer }) }))
  await element.click()
  await page.waitForURL('chrome-error://**')
  await page.goBack()
  await expect(element).toHaveAttribute('status', 'idle')
  expect(await names()).toEqual([])
  complaints.splice(0)
})

for (const [what, path] of Object.entries({
  'no token': '/api/oauth/token',
  'no keys': '/.well-known/jwks.json',
})) {
  test(`a server that has ${what} to give any more is a matter of the network`, async ({
    page,
    shop,
    server,
    complaints,
  }) => {
    await page.route(server.issuer + path, (route) => route.abort())
    await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
    const { element, openWindow, heard } = elementPage(page)
    const popup = await openWindow()
    await signInAndAllow(popup, await server.createUser())

    await expect(element).toHaveAttribute('status', 'error')
    expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'network' } })
    complaints.splice(0)
  })

  test(`one that takes its time with it (${what}) is a timeout`, async ({ page, shop, server }) => {
    // Half a minute, in less.
    const first = `<script>
      const timeout = AbortSignal.timeout
      AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 100)
    </script>`
    await page.route(server.issuer + path, () => {})
    await page.goto(shop.page({ first, body: shop.button({ flow: 'popup' }) }))
    const { element, openWindow, heard } = elementPage(page)
    const popup = await openWindow()
    await signInAndAllow(popup, await server.createUser())

    await expect(element).toHaveAttribute('status', 'error')
    expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'timeout' } })
  })
}

test('keys that answer nonsense are the server’s error, an answer without tokens is never believed', async ({
  page,
  shop,
  server,
  complaints,
}) => {
  const answers = [
    { path: '/.well-known/jwks.json', status: 503, body: 'Away', code: 'server_error' },
    { path: '/api/oauth/token', status: 502, body: '<html>', code: 'server_error' },
    { path: '/api/oauth/token', status: 200, body: '<html>', code: 'network' },
    { path: '/api/oauth/token', status: 200, body: '{}', code: 'invalid_id_token' },
  ]
  const person = await server.createUser()
  for (const [at, { path, status, body, code }] of answers.entries()) {
    await page.route(server.issuer + path, (route) =>
      route.fulfill({ status, body, headers: { 'access-control-allow-origin': '*' } }),
    )
    await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
    const { element, openWindow, heard } = elementPage(page)
    // Once allowed, the window is gone at once.
    if (at > 0) await element.click()
    else {
      const popup = await openWindow()
      await signInAndAllow(popup, person)
    }

    await expect(element).toHaveAttribute('status', 'error')
    expect((await heard()).at(-1), `${path} ${status}`).toMatchObject({ detail: { code } })
    await page.unroute(server.issuer + path)
  }
  complaints.splice(0)
})

test('nobody who finishes within ten minutes is a timeout', async ({ page, shop }) => {
  await page.clock.install()
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { element, openWindow, heard } = elementPage(page)
  const popup = await openWindow()
  await page.clock.runFor('09:50')
  await expect(element).toHaveAttribute('status', 'busy')

  await Promise.all([popup.waitForEvent('close'), page.clock.runFor('00:20')])

  await expect(element).toHaveAttribute('status', 'error')
  expect((await heard()).at(-1)).toMatchObject({ detail: { code: 'timeout' } })
})
