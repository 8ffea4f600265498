import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { suite, type TestContext, test } from 'node:test'
import { runCli } from '../src/cli/program.ts'
import { adminToken, startAdminServer } from './admin-server.ts'

/** A terminal that a test reads, at a server of its own. */
async function terminal(t: TestContext, world: { input?: string; reply?: string } = {}) {
  const server = await startAdminServer(t)
  const run = async (...args: string[]) => {
    const printed = { out: '', err: '' }
    const code = await runCli(args, {
      env: { ISSUER: server.url, ADMIN_TOKEN: adminToken },
      out: (line) => {
        printed.out += `${line}\n`
      },
      err: (line) => {
        printed.err += `${line}\n`
      },
      readInput: async () => world.input ?? '',
      ...(world.reply !== undefined && { ask: async () => world.reply ?? '' }),
    })
    return { code, ...printed }
  }
  const json = async (...args: string[]) => {
    const { code, out, err } = await run(...args, '--json')
    assert.equal(code, 0, err)
    return JSON.parse(out)
  }
  return { ...server, run, json }
}

const create = ['app', 'create', '--name', 'My App', '--redirect-uri']
const created = [...create, 'http://localhost:9876/callback', '--scope', 'IDENTITY']

suite('app', () => {
  test('create prints what the API answers', async (t) => {
    const { json, api } = await terminal(t)

    const { client_secret: secret, ...app } = await json(...created)

    assert.match(secret, /^agpt_secret_/)
    assert.deepEqual((await api('GET', `/api/admin/apps/${app.id}`)).body, app)
  })

  test('create for a person says once what the secret is', async (t) => {
    const { run } = await terminal(t)

    const { code, out } = await run(...created)

    assert.equal(code, 0)
    assert.match(out, /^client_id +agpt_client_/m)
    assert.match(out, /^client_secret +agpt_secret_/m)
    assert.match(out, /not shown again/)
  })

  test('create takes every field, lists by repeating', async (t) => {
    const { json } = await terminal(t)

    const app = await json(
      ...[...create, 'https://a.example/cb', '--redirect-uri', 'https://b.example/cb'],
      ...[
        '--scope',
        'IDENTITY READ_GRAPH',
        '--scope',
        'RUN_AGENT',
        '--optional-scope',
        'RUN_AGENT',
      ],
      ...['--description', 'Words', '--type', 'confidential', '--website', 'https://a.example/'],
      ...['--no-require-pkce', '--resource-server', '--id-token-signed-response-alg', 'RS256'],
      ...['--allowed-origin', 'https://c.example', '--grant-type', 'authorization_code'],
      ...['--post-logout-redirect-uri', 'https://a.example/bye', '--requests-per-minute', '30'],
    )

    assert.deepEqual(app.redirect_uris, ['https://a.example/cb', 'https://b.example/cb'])
    assert.deepEqual(app.scopes, ['IDENTITY', 'READ_GRAPH', 'RUN_AGENT'])
    assert.deepEqual(app.optional_scopes, ['RUN_AGENT'])
    assert.equal(app.requests_per_minute, 30)
    assert.deepEqual([app.require_pkce, app.resource_server], [false, true])
    assert.deepEqual(app.allowed_origins, ['https://c.example'])
    assert.deepEqual(app.grant_types, ['authorization_code'])
    assert.deepEqual(app.post_logout_redirect_uris, ['https://a.example/bye'])
    assert.equal(app.id_token_signed_response_alg, 'RS256')
  })

  test('update changes and clears, by client_id too', async (t) => {
    const { json, run } = await terminal(t)
    const app = await json(...created, '--website', 'https://a.example/')

    const changed = await json(
      ...['app', 'update', app.client_id, '--name', 'Other', '--website', ''],
      ...['--no-approved', '--scope', ''],
    )

    assert.deepEqual([changed.name, changed.website, changed.approved], ['Other', null, false])
    assert.deepEqual([changed.scopes, changed.redirect_uris], [[], app.redirect_uris])
    assert.equal((await run('app', 'update', app.id)).code, 2)
  })

  test('disable, enable, show, list and delete', async (t) => {
    const { json, run } = await terminal(t)
    const app = await json(...created)

    assert.equal((await run('app', 'disable', app.client_id)).out, 'My App is disabled.\n')
    assert.equal((await json('app', 'show', app.id)).is_active, false)
    assert.match(
      (await run('app', 'list')).out,
      /^ID +CLIENT ID +NAME +TYPE +ACTIVE\n.*My App +web +no$/m,
    )
    await run('app', 'enable', app.id)
    assert.equal((await json('app', 'show', app.client_id)).is_active, true)
    assert.equal((await run('app', 'delete', app.id)).code, 0)
    assert.deepEqual((await json('app', 'list')).items, [])
  })

  test('a person is asked before something is deleted', async (t) => {
    const { json, run } = await terminal(t, { reply: '' })
    const app = await json(...created)

    const kept = await run('app', 'delete', app.id)
    const deleted = await run('app', 'delete', app.id, '--yes')

    assert.deepEqual([kept.code, kept.err], [1, 'Nothing was done.\n'])
    assert.equal(deleted.code, 0)
  })

  test('secrets are rotated by adding and removing', async (t) => {
    const { json, run } = await terminal(t)
    const app = await json(...created)

    const added = await json('app', 'secret', 'add', app.client_id, '--expires-in-days', '30')
    const { items } = await json('app', 'secret', 'list', app.client_id)
    const removed = await run('app', 'secret', 'remove', app.client_id, items[0].id)

    assert.match(added.client_secret, /^agpt_secret_/)
    assert.equal(removed.code, 0)
    const rest = await json('app', 'secret', 'list', app.id)
    assert.deepEqual(
      rest.items.map(({ id }: { id: string }) => id),
      [added.id],
    )
    assert.equal((await run('app', 'secret', 'add', app.id, '--expires-in-days', 'x')).code, 2)
  })

  test('list turns pages', async (t) => {
    const { json, run } = await terminal(t)
    for (let n = 0; n < 3; n++) await json(...created)

    const { out } = await run('app', 'list', '--limit', '2')
    const cursor = /--cursor (\S+)/.exec(out)?.[1] ?? ''

    assert.equal((await json('app', 'list', '--cursor', cursor)).items.length, 1)
  })
})

suite('user', () => {
  test('create with a password from standard input', async (t) => {
    const { json, run } = await terminal(t, { input: 'correct horse battery staple\n' })
    const args = ['user', 'create', '--email', 'ada@example.com', '--role', 'admin']

    const user = await json(
      ...args,
      '--name',
      'Ada',
      '--timezone',
      'Europe/London',
      '--password-stdin',
    )

    assert.deepEqual([user.has_password, user.roles, user.name], [true, ['admin'], 'Ada'])
    const both = await run(...args, '--password', 'x', '--password-stdin')
    assert.deepEqual([both.code, both.out], [2, ''])
  })

  test('create without one gives the set-up link', async (t) => {
    const { run, url } = await terminal(t)

    const { out } = await run('user', 'create', '--email', 'ada@example.com')

    assert.ok(out.includes(`${url}/set-password?token=once`))
  })

  test('show, update, disable, enable, list and delete, by address too', async (t) => {
    const { json, run } = await terminal(t)
    const user = await json('user', 'create', '--email', 'ada@example.com')
    await json('user', 'create', '--email', 'xada@example.com', '--no-email-verified')

    assert.equal((await json('user', 'show', 'ADA@example.com')).id, user.id)
    assert.equal((await json('user', 'update', user.id, '--name', 'Ada')).name, 'Ada')
    assert.equal((await json('user', 'disable', 'ada@example.com')).is_active, false)
    assert.equal((await json('user', 'enable', user.id)).is_active, true)
    assert.equal((await json('user', 'list', '--search', 'xada')).items.length, 1)
    assert.match((await run('user', 'list')).out, /ada@example.com +Ada/)
    assert.equal((await run('user', 'delete', 'ada@example.com')).code, 0)
    assert.equal(
      (await run('user', 'show', 'ada@example.com')).err,
      'There is no user ada@example.com.\n',
    )
  })
})

test('audit list says what happened', async (t) => {
  const { json, run } = await terminal(t)
  const app = await json(...created)

  assert.match((await run('audit', 'list')).out, /app\.created +admin_token/)
  assert.equal(
    (await json('audit', 'list', '--kind', 'app.created', '--app', app.id)).items.length,
    1,
  )
  assert.equal((await json('audit', 'list', '--until', '2020-01-01T00:00:00Z')).items.length, 0)
})

test('key list shows the keys, rotate and revoke change which one signs', async (t) => {
  const { json, run } = await terminal(t)
  const { items } = await json('key', 'list')
  const { kid } = items.find((key: { state: string }) => key.state === 'signing')

  assert.match((await run('key', 'list')).out, /^KEY +ALGORITHM +STATE [\s\S]*ES256 +waiting/)
  const rotated = (await json('key', 'rotate')).items
  assert.ok(rotated.some((key: { state: string; signs_from: string }) => key.signs_from))
  assert.equal((await json('key', 'revoke', kid)).state, 'revoked')
  assert.match((await run('key', 'list')).out, new RegExp(`${kid} +[ER]S256 +revoked`))
  assert.equal((await run('key', 'revoke', 'x'.repeat(43))).code, 1)
})

suite('what goes wrong', () => {
  test('a refusal is told field by field, with exit code 1', async (t) => {
    const { run } = await terminal(t)

    const { code, out, err } = await run(...create, 'http://app.example/cb', '--scope', 'ROOT')

    assert.deepEqual([code, out], [1, ''])
    assert.match(err, /redirect_uris: "http:\/\/app\.example\/cb": Use https/)
    assert.match(err, /scopes: "ROOT"/)
  })

  test('a wrong command line has exit code 2 and points to the help', async (t) => {
    const { run } = await terminal(t)
    const lines = [
      ['app', 'create'],
      ['app', 'made'],
      ['app', 'show'],
      ['--nothing'],
      ['app', 'list', '--limit'],
      [...created, '--type', 'x'],
      [],
    ]

    for (const line of lines) {
      const { code, out, err } = await run(...line)
      assert.deepEqual([code, out], [2, ''], line.join(' '))
      assert.match(err, /--help|Usage/, line.join(' '))
    }
  })

  test('a wrong token is said to be one', async (t) => {
    const { run } = await terminal(t)

    const { code, err } = await run('app', 'list', '--token', 'wrong')

    assert.equal(code, 1)
    assert.match(err, /does not accept this admin token/)
    assert.ok(!err.includes('wrong'))
  })

  test('no server: how to start one', async (t) => {
    const { run } = await terminal(t)

    const { code, err } = await run('app', 'list', '--url', 'http://localhost:1')

    assert.equal(code, 1)
    assert.match(err, /No server answers at http:\/\/localhost:1\..*npm start/)
  })

  test('nobody’s name can play with the terminal', async (t) => {
    const { run, db } = await terminal(t)
    await db.query(
      `insert into accounts (id, email, email_key, name)
       values (gen_random_uuid(), 'a@example.com', 'a@example.com', $1)`,
      ['\u001b[31mred\u001b[2J\nnext\u202e'],
    )

    const { out } = await run('user', 'list')

    assert.ok(!out.includes('\u001b') && !out.includes('\u202e'))
    assert.equal(out.trim().split('\n').length, 2)
  })
})

test('every command explains itself', async (t) => {
  const { run } = await terminal(t)
  const commands = [
    '',
    'app',
    'app create',
    'app update',
    'app secret',
    'app secret add',
    'user',
    'user create',
    'key revoke',
    'audit list',
  ]

  for (const command of commands) {
    const { code, out } = await run(...command.split(' ').filter(Boolean), '--help')
    assert.equal(code, 0, command)
    assert.match(out, /Usage: npm run --silent cli -- /)
  }
  assert.match((await run('app', 'create', '--help')).out, /Examples:[\s\S]*--redirect-uri/)
})

test('as a program it finds the local server and its token by itself', async (t) => {
  const { url } = await startAdminServer(t)
  const dataDir = await mkdtemp(join(tmpdir(), 'autogpt-sso-cli-'))
  t.after(() => rm(dataDir, { recursive: true }))
  await writeFile(join(dataDir, 'server.json'), JSON.stringify({ url, pid: process.pid }))
  await writeFile(join(dataDir, 'admin-token'), `${adminToken}\n`)
  const run = async (args: string[], env: Record<string, string>) => {
    const path = join(import.meta.dirname, '../src/cli.ts')
    const child = spawn(process.execPath, [path, ...args], { cwd: dataDir, env })
    const printed = Promise.all([text(child.stdout), text(child.stderr)])
    const [code] = await once(child, 'close')
    const [out, err] = await printed
    return { code, out, err }
  }

  const found = await run([...created, '--json'], { DATA_DIR: dataDir })
  const abroad = await run(['app', 'list', '--url', 'https://sso.example'], { DATA_DIR: dataDir })
  await writeFile(join(dataDir, 'server.json'), JSON.stringify({ url, pid: 2 ** 22 + 1 }))
  const stale = await run(['app', 'list'], { DATA_DIR: dataDir, PORT: '1' })

  assert.equal(JSON.parse(found.out).name, 'My App', found.err)
  // The local token stays at home.
  assert.equal(abroad.code, 1)
  assert.match(abroad.err, /No admin token for https:\/\/sso\.example/)
  assert.match(stale.err, /No server answers at http:\/\/localhost:1\./)
})
