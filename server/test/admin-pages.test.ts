import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createAccount } from '#db/accounts.ts'
import { type AdminServer, startAdminServer } from './admin-server.ts'
import { Visitor } from './visitor.ts'

const form = {
  name: 'My App',
  type: 'web',
  redirect_uris: 'https://app.example/cb\r\nhttp://localhost:3000/cb\r\n',
  scope: ['IDENTITY', 'READ_GRAPH'],
  optional_scope: ['READ_GRAPH'],
}

async function administrator(server: AdminServer): Promise<Visitor> {
  return new Visitor(server.url, { 'x-test-session': await server.admin() })
}

suite('who may see it', () => {
  test('signed out: to the sign-in page', async (t) => {
    const { url } = await startAdminServer(t)

    for (const [path, word] of [
      ['/admin', 'admin'],
      ['/admin/apps/new', 'new-app'],
    ] as const) {
      const response = await new Visitor(url).fetch(path)
      assert.equal(response.status, 303)
      assert.equal(response.headers.get('location'), `/to/${word}/login`)
    }
  })

  test('signed in without the right: 403 and no redirect', async (t) => {
    const { url, db } = await startAdminServer(t)
    const email = 'p@example.com'
    const account = await createAccount(db, { email, emailKey: email, emailVerified: true })
    const visitor = new Visitor(url, { 'x-test-session': account?.id ?? '' })

    for (const path of ['/admin', '/admin/apps/new']) {
      const response = await visitor.fetch(path)
      assert.equal(response.status, 403)
      assert.equal(response.headers.get('location'), null)
      assert.match(response.headers.get('content-type') ?? '', /html/)
    }
  })
})

suite('a new app', () => {
  test('is registered by the form, its secret shown once', async (t) => {
    const server = await startAdminServer(t)
    const visitor = await administrator(server)

    const created = await visitor.submit(await visitor.go('/admin/apps/new'), form)

    assert.equal(created.status, 200)
    const clientId = created.html.querySelector('#client-id')?.textContent
    assert.match(clientId ?? '', /^agpt_client_/)
    assert.match(created.html.querySelector('#client-secret')?.textContent ?? '', /^agpt_secret_/)
    assert.equal(created.headers.get('cache-control'), 'no-store')
    const { body } = await server.api('GET', `/api/admin/apps?client_id=${clientId}`)
    const [app] = body.items
    assert.deepEqual(app.redirect_uris, ['https://app.example/cb', 'http://localhost:3000/cb'])
    assert.deepEqual(app.scopes, form.scope)
    assert.deepEqual(app.optional_scopes, form.optional_scope)
    const list = await visitor.go('/admin')
    assert.ok(list.text.includes(clientId ?? '-') && !list.text.includes('agpt_secret_'))
  })

  test('of a public type has no secret', async (t) => {
    const server = await startAdminServer(t)
    const visitor = await administrator(server)

    const page = await visitor.submit(await visitor.go('/admin/apps/new'), { ...form, type: 'spa' })

    assert.ok(page.html.querySelector('#client-id'))
    assert.equal(page.html.querySelector('#client-secret'), null)
  })

  test('that is refused keeps what was typed and says what to change', async (t) => {
    const server = await startAdminServer(t)
    const visitor = await administrator(server)
    const wrong = { ...form, redirect_uris: 'http://app.example/cb', scope: ['IDENTITY'] }

    const page = await visitor.submit(await visitor.go('/admin/apps/new'), wrong)

    assert.equal(page.status, 400)
    assert.match(page.html.querySelector('[role="alert"]')?.textContent ?? '', /Use https/)
    assert.match(
      page.html.querySelector('a[href="#optional_scope"]')?.textContent ?? '',
      /scopes too/,
    )
    assert.equal(page.html.querySelector('#redirect_uris')?.textContent.trim(), wrong.redirect_uris)
    assert.equal(page.html.querySelector('#name')?.getAttribute('value'), 'My App')
    const checked = page.html.querySelectorAll('[name="scope"][checked]')
    assert.deepEqual(
      checked.map((box) => box.getAttribute('value')),
      ['IDENTITY'],
    )
    assert.deepEqual((await server.api('GET', '/api/admin/apps')).body.items, [])
  })

  // A127
  test('is shown escaped', async (t) => {
    const server = await startAdminServer(t)
    const visitor = await administrator(server)
    const name = '"><img src=x onerror=alert(1)></title><script>{{7*7}}'

    const created = await visitor.submit(await visitor.go('/admin/apps/new'), { ...form, name })
    const again = await visitor.submit(await visitor.go('/admin/apps/new'), {
      ...form,
      name,
      scope: [],
    })
    const list = await visitor.go('/admin')

    for (const page of [created, again, list]) {
      assert.equal(page.html.querySelector('img[onerror], body script'), null)
      assert.ok(page.text.includes('&lt;script&gt;'))
    }
  })
})

suite('the list', () => {
  test('disables and enables', async (t) => {
    const server = await startAdminServer(t)
    const visitor = await administrator(server)
    await visitor.submit(await visitor.go('/admin/apps/new'), form)
    const isActive = async () =>
      (await server.api('GET', '/api/admin/apps')).body.items[0].is_active

    const disabled = await visitor.submit(await visitor.go('/admin'), { is_active: 'false' })
    assert.equal(await isActive(), false)
    await visitor.submit(disabled, { is_active: 'true' })

    assert.equal(await isActive(), true)
    const { body } = await server.api('GET', '/api/admin/audit')
    const kinds = body.items.map(({ kind }: { kind: string }) => kind)
    assert.deepEqual(kinds, ['app.enabled', 'app.disabled', 'app.created'])
  })

  test('goes on to older apps and back', async (t) => {
    const server = await startAdminServer(t)
    const visitor = await administrator(server)
    for (let n = 0; n < 26; n++) {
      const app = { name: `App ${n}`, redirect_uris: ['https://a.example/'], scopes: [] }
      await server.api('POST', '/api/admin/apps', app)
    }

    const first = await visitor.go('/admin')
    const next = first.html.querySelector('a[rel="next"]')?.getAttribute('href')
    const last = await visitor.go(next ?? '')

    assert.equal(first.html.querySelectorAll('tbody tr').length, 25)
    assert.equal(last.html.querySelectorAll('tbody tr').length, 1)
    assert.equal(last.html.querySelector('a[rel="next"]'), null)
    assert.ok(last.html.querySelector('main a[href="/admin"]'))
    assert.equal((await visitor.go('/admin?cursor=x')).status, 400)
  })

  test('changes nothing for a forged post', async (t) => {
    const server = await startAdminServer(t)
    const visitor = await administrator(server)
    const created = await visitor.submit(await visitor.go('/admin/apps/new'), form)
    assert.equal(created.status, 200)
    const { body } = await server.api('GET', '/api/admin/apps')
    const path = `/admin/apps/${body.items[0].id}/status`
    const foreign = { origin: 'https://evil.test' }

    const untold = await visitor.go(path, {
      method: 'POST',
      body: new URLSearchParams({ is_active: 'false' }),
    })
    const page = await visitor.go('/admin')
    const _csrf = page.html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? ''
    const fields = new URLSearchParams({ _csrf, is_active: 'false' })
    const sent = await visitor.go(path, { method: 'POST', body: fields, headers: foreign })

    assert.deepEqual([untold.status, sent.status], [403, 403])
    assert.equal((await server.api('GET', '/api/admin/apps')).body.items[0].is_active, true)
  })

  test('of nobody’s app, or no app at all, is not found', async (t) => {
    const server = await startAdminServer(t)
    const visitor = await administrator(server)
    const page = await visitor.go('/admin/apps/new')
    const _csrf = page.html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? ''

    for (const id of ['x', '00000000-0000-4000-8000-000000000000']) {
      const body = new URLSearchParams({ _csrf, is_active: 'false' })
      const answer = await visitor.go(`/admin/apps/${id}/status`, { method: 'POST', body })
      assert.equal(answer.status, 404)
    }
  })
})

test('speaks German to who prefers it', async (t) => {
  const server = await startAdminServer(t)
  const visitor = await administrator(server)

  const page = await visitor.go('/admin', { headers: { 'accept-language': 'de-AT,de;q=0.9' } })

  assert.equal(page.html.querySelector('html')?.getAttribute('lang'), 'de')
  assert.equal(page.html.querySelector('main .button')?.textContent, 'App registrieren')
})
