import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isWellFormed } from '../src/api-keys/format.ts'
import { platformScopeNames } from '../src/provider/scopes.ts'
import { apiKeyFor } from './gateway.ts'
import { password } from './harness.ts'
import { send, sharedServer } from './requests.ts'
import { noteSecrets } from './suite-log/suite-log.ts'
import type { Page } from './visitor.ts'

const server = await sharedServer()
const path = '/account/api-keys'

async function setUp() {
  const user = await server.user()
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  const submit = (page: Page, fields: Record<string, string | string[]>, form = newForm) =>
    visitor.submit(page, fields, { form })
  const make = async (fields: Record<string, string | string[]> = {}) => {
    const page = await submit(await visitor.go(path), {
      name: 'Nightly report',
      scope: ['IDENTITY', 'READ_RUN'],
      ...fields,
    })
    const key = page.html.querySelector('#new-key')?.text ?? ''
    if (key) noteSecrets(key)
    return { page, key }
  }
  return { user, visitor, submit, make, open: () => visitor.go(path) }
}

const newForm = `form[action="${path}"]`
const formOfKey = `form[action^="${path}/"]`

const me = async (key: string) =>
  (await send(server, '/external-api/v2/me', { headers: { 'x-api-key': key } })).status

test('a key is made, shown this once, and works', async () => {
  const { make, open } = await setUp()

  const { page, key } = await make()

  assert.equal(page.status, 200)
  assert.ok(isWellFormed(key))
  assert.equal(page.headers.get('cache-control'), 'no-store')
  assert.equal(await me(key), 200)
  const { text } = await open()
  assert.ok(!text.includes(key)) // A164
  assert.match(text, new RegExp(`agpt_…${key.slice(-4)}`))
  assert.match(text, /Nightly report/)
  assert.match(text, /not used yet/)
})

test('revoking asks first, on the page itself, once for each key', async () => {
  const { make, open } = await setUp()
  await make({ name: 'One' })
  await make({ name: 'Two' })

  const { html } = await open()

  const buttons = html.querySelectorAll('button[value="revoke"]')
  const questions = buttons.map(
    (button) => html.querySelector(`[id="${button.getAttribute('aria-describedby')}"]`)?.text,
  )
  assert.deepEqual(questions.map((question) => /“(.+)”\?/.exec(question ?? '')?.[1]).sort(), [
    'One',
    'Two',
  ])
  assert.equal(html.querySelectorAll('details:not([open]) button[value="revoke"]').length, 2)
})

test('every permission can be chosen, in the words of the consent page', async () => {
  const { open } = await setUp()

  const { html, text } = await open()

  const values = html
    .querySelectorAll(`${newForm} input[name="scope"]`)
    .map((box) => box.getAttribute('value'))
  assert.deepEqual(new Set(values), new Set(platformScopeNames))
  assert.match(text, /Run your agents\. Runs spend your credits\./)
  assert.equal(html.querySelector('#expires_in_days')?.getAttribute('value'), '90')
})

test('a key lasts as long as was chosen, and works from where was chosen', async () => {
  const { make, open } = await setUp()

  const { key } = await make({ expires_in_days: '7', allowed_addresses: '203.0.113.7\n10.0.0.0/8' })

  assert.equal(await me(key), 403)
  const { text } = await open()
  assert.match(text, /Only from 203\.0\.113\.7, 10\.0\.0\.0\/8/)
  const { rows } = await server.db.query<{ days: number }>(
    `select extract(epoch from expires_at - created_at)::float8 / 86400 as days
       from api_keys
      where hint = $1`,
    [key.slice(-4)],
  )
  assert.equal(Math.round(rows[0]?.days ?? 0), 7)
})

test('what is wrong is said by the field, and nothing that was typed is lost', async () => {
  const { make } = await setUp()

  const { page } = await make({
    scope: [],
    name: 'Kept',
    expires_in_days: '0',
    allowed_addresses: 'everywhere',
  })

  assert.equal(page.status, 400)
  assert.match(page.text, /Choose at least one permission/)
  assert.match(page.text, /from 1 to 3650/)
  assert.match(page.text, /everywhere is no address or network/)
  assert.equal(page.html.querySelector('#name')?.getAttribute('value'), 'Kept')
  assert.equal(page.html.querySelector('#allowed_addresses')?.text.trim(), 'everywhere')
})

test('a key is renamed and narrowed, suspended, let work again, and revoked', async () => {
  const { make, open, submit } = await setUp()
  const { key } = await make()
  const act = async (fields: Record<string, string | string[]>) =>
    submit(await open(), fields, formOfKey)

  const saved = await act({ name: 'Weekly', scope: ['IDENTITY'], action: 'save' })
  assert.match(saved.text, /Saved\./)
  assert.match(saved.text, /Weekly/)
  assert.equal(saved.html.querySelector(`${formOfKey} input[value="READ_RUN"]`), null)

  assert.match((await act({ action: 'suspend' })).text, /is suspended/)
  assert.equal(await me(key), 401)
  assert.match((await act({ action: 'resume' })).text, /works again/)
  assert.equal(await me(key), 200)
  assert.match((await act({ action: 'revoke' })).text, /You have no API keys/)
  assert.equal(await me(key), 401) // A163
})

test('from where a key may come is changed on the page, and taken away', async () => {
  const { make, open, submit } = await setUp()
  const { key } = await make()
  const save = async (allowed_addresses: string) =>
    submit(await open(), { allowed_addresses, action: 'save' }, formOfKey)

  const saved = await save('203.0.113.7, 10.0.0.0/8')
  assert.match(saved.text, /Only from 203\.0\.113\.7, 10\.0\.0\.0\/8/)
  assert.equal(await me(key), 403)
  const kept = await submit(await open(), { name: 'Renamed', action: 'save' }, formOfKey)
  assert.match(kept.text, /Only from 203\.0\.113\.7, 10\.0\.0\.0\/8/)

  const refused = await save('203.0.113.7\neverywhere')
  assert.equal(refused.status, 400)
  const area = refused.html.querySelector(`${formOfKey} textarea`)
  assert.equal(area?.text.trim(), '203.0.113.7\neverywhere')
  const described = area?.getAttribute('aria-describedby')?.split(' ')[0] ?? ''
  assert.match(refused.html.querySelector(`#${described}`)?.text ?? '', /everywhere is no address/)
  assert.ok(refused.html.querySelector(`a[href="#${area?.getAttribute('id')}"]`))
  assert.ok(refused.html.querySelector(`${formOfKey} details[open]`))

  await save('')
  assert.equal(await me(key), 200)
  const body = { name: 'Plain', scope: ['IDENTITY'], action: 'save' } as const
  await save('10.0.0.0/8')
  const page = await open()
  page.html.querySelector(`${formOfKey} textarea`)?.remove()
  await submit(page, { ...body, scope: [...body.scope] }, formOfKey)
  assert.equal(await me(key), 403)
})

test('a key is never widened, and a bad name is refused by its key', async () => {
  const { make, open, submit } = await setUp()
  const { key } = await make()

  const wider = await submit(
    await open(),
    { scope: ['IDENTITY', 'WRITE_FILES'], action: 'save' },
    formOfKey,
  )
  const nameless = await submit(await open(), { name: '', action: 'save' }, formOfKey)

  assert.equal(wider.status, 400) // A165
  assert.match(wider.text, /never gets more than it had/)
  assert.equal(nameless.status, 400)
  assert.equal(await me(key), 200)
})

test('what is wrong is said in the reader’s language', async () => {
  const user = await server.user()
  const visitor = server.visitor({ 'accept-language': 'de' })
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  const { id } = await apiKeyFor(server, user, ['IDENTITY'])
  await server.db.query('update api_keys set replaced_at = now() where id = $1', [id])
  const page = await visitor.go(path)
  const fields = { name: '', scope: [], expires_in_days: '0', allowed_addresses: 'überall' }

  const refused = await visitor.submit(page, fields, { form: newForm })
  const over = await visitor.submit(page, { action: 'rotate' }, { form: formOfKey })

  const lines = refused.html.querySelectorAll('[role="alert"] li').map(({ text }) => text)
  assert.deepEqual(lines, [
    'Geben Sie ihm einen Namen mit höchstens 100 Zeichen.',
    'Wählen Sie mindestens eine Berechtigung.',
    'Geben Sie ganze Tage an, von 1 bis 3650.',
    'überall ist keine Adresse und kein Netz. Schreiben Sie 203.0.113.7 oder 203.0.113.0/24.',
  ])
  assert.match(over.text, /wurde ersetzt oder ist abgelaufen/)
})

test('a replaced key works beside the new one for a day', async () => {
  const { make, open, submit } = await setUp()
  const { key } = await make()

  const page = await submit(await open(), { action: 'rotate' }, formOfKey)

  const next = page.html.querySelector('#new-key')?.text ?? ''
  noteSecrets(next)
  assert.ok(isWellFormed(next))
  assert.deepEqual([await me(key), await me(next)], [200, 200])
  assert.match((await open()).text, /Replaced/)
})

test('what takes the place of a suspended key says that it is suspended too', async () => {
  const { make, open, submit } = await setUp()
  await make()
  await submit(await open(), { action: 'suspend' }, formOfKey)

  const page = await submit(await open(), { action: 'rotate' }, formOfKey)

  const next = page.html.querySelector('#new-key')?.text ?? ''
  noteSecrets(next)
  assert.match(page.text, /Like the key before it, it is suspended/)
  assert.equal(await me(next), 401)
})

test('a key that was replaced meanwhile is not replaced again, and the page says so', async () => {
  const { make, open, submit } = await setUp()
  await make()
  const page = await open()
  noteSecrets(
    (await submit(page, { action: 'rotate' }, formOfKey)).html.querySelector('#new-key')?.text,
  )

  const again = await submit(page, { action: 'rotate' }, formOfKey)

  assert.equal(again.status, 400)
  assert.match(again.text, /was replaced or has expired/)
})

// A158
test('nobody changes somebody else’s key', async () => {
  const mine = await setUp()
  const theirs = await setUp()
  const { id, key } = await apiKeyFor(server, mine.user, ['IDENTITY'])
  await theirs.make()
  const page = await theirs.open()
  const csrf = page.html.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? ''

  for (const action of ['save', 'suspend', 'rotate', 'revoke']) {
    const body = new URLSearchParams({ _csrf: csrf, action, name: 'x', scope: 'IDENTITY' })
    const { status } = await theirs.visitor.go(`${path}/${id}`, {
      method: 'POST',
      body,
      headers: { origin: server.url },
    })
    assert.equal(status, 404, action)
  }
  assert.equal(await me(key), 200)
})

test('only somebody who is signed in, from our own page, makes keys', async () => {
  const { user, visitor } = await setUp()
  const { key } = await apiKeyFor(server, user, ['IDENTITY'])
  const body = new URLSearchParams({ name: 'x', scope: 'IDENTITY' })

  assert.equal((await server.visitor().go(path)).url, `${server.url}/to/api-keys/login`)
  const withKey = await send(server, path, { redirect: 'manual', headers: { 'x-api-key': key } })
  assert.equal(withKey.status, 303) // A165
  const forged = await visitor.go(path, { method: 'POST', body, headers: { origin: server.url } })
  assert.equal(forged.status, 403) // A87
})
