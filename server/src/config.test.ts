import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { ConfigError, environment, readConfig } from './config.ts'
import { settings } from './settings.ts'

const KEY = 'k'.repeat(32)
const TOKEN = 't'.repeat(24)
const POSTGRES = 'postgres://sso:hush-hush@db.example/sso'

test('nothing needs to be set', () => {
  const config = readConfig({})

  assert.equal(config.host, '127.0.0.1')
  assert.equal(config.port, 4000)
  assert.equal(config.issuer, 'http://localhost:4000')
  assert.equal(config.dataDir, resolve('.data'))
  assert.equal(config.demo, true)
  assert.equal(config.demoOrigin, 'http://localhost:4001')
  assert.equal(config.rateLimits, true)
  assert.equal(config.trustProxy, false)
  assert.equal(config.databaseUrl, undefined)
  assert.ok(Object.isFrozen(config))
})

test('an empty variable counts as one that is not set', () => {
  assert.deepEqual(readConfig({ ISSUER: '', SMTP_URL: ' ', PORT: '' }), readConfig({}))
})

test('every problem is named at once, rules between variables included', () => {
  const found = problems({ PORT: 'x', ISSUER: 'y', DATABASE_URL: POSTGRES, LOG_LEVEL: 'loud' })

  assert.deepEqual(
    found.map((line) => line.split(':')[0]),
    ['PORT', 'ISSUER', 'LOG_LEVEL', 'SECRET_KEY'],
  )
})

test('no problem line repeats a value, which may be a secret', () => {
  const value = 'hunter2 \u{1f511}'
  const env = Object.fromEntries(names().map((name) => [name, value]))

  assert.ok(problems(env).length >= 15)
  assert.ok(!problems(env).join('\n').includes('hunter2'))
})

test('ISSUER may be http on this machine only', () => {
  for (const host of ['localhost:4000', 'sso.localhost', '127.0.0.1', '[::1]:81']) {
    assert.equal(readConfig({ ISSUER: `http://${host}` }).issuerIsLoopback, true, host)
  }
  for (const host of ['sso.example.com', '10.0.0.1', 'localhost.example.com', '0.0.0.0']) {
    assert.match(only({ ISSUER: `http://${host}` }), /^ISSUER: use https/, host)
  }
  assert.equal(readConfig({ ISSUER: 'https://SSO.example.com/' }).issuer, 'https://sso.example.com')
})

test('ISSUER is an origin and nothing more', () => {
  assert.match(only({ ISSUER: 'https://sso.example.com/auth' }), /path/)
  assert.match(only({ ISSUER: 'https://sso.example.com/?a=b' }), /\?/)
  assert.match(only({ ISSUER: 'https://sso.example.com/#a' }), /#/)
  assert.match(only({ ISSUER: 'https://a:b@sso.example.com' }), /name or password/)
  assert.match(only({ ISSUER: 'sso.example.com' }), /give an address/)
})

test('PORT is a number that can be listened on', () => {
  for (const port of ['0', '65536', '80a', '-1', '1.5', '0x50', '999999']) {
    assert.match(only({ PORT: port, DEMO: 'off' }), /^PORT: give a number/, port)
  }
  assert.equal(readConfig({ PORT: '65535', DEMO: 'off' }).port, 65535)
  assert.match(only({ PORT: '65535' }), /65534/)
})

test('HOST is an address or a name', () => {
  for (const host of ['0.0.0.0', '::', 'localhost', 'my-host.internal']) {
    assert.equal(readConfig({ HOST: host }).host, host)
  }
  assert.match(only({ HOST: 'http://localhost' }), /^HOST: /)
})

test('SECRET_KEY is long enough, and given wherever nodes share a database', () => {
  assert.match(only({ SECRET_KEY: 'k'.repeat(31) }), /^SECRET_KEY: use at least 32/)
  assert.match(only({ DATABASE_URL: POSTGRES }), /^SECRET_KEY: set it/)
  assert.match(only({ DATABASE_URL: POSTGRES, SECRET_KEY: 'short' }), /^SECRET_KEY: use at least/)
  assert.equal(readConfig({ DATABASE_URL: POSTGRES, SECRET_KEY: KEY }).databaseUrl, POSTGRES)
})

test('SECRET_KEYS_ACCEPTED is a list of keys as long as SECRET_KEY, and no message repeats one', () => {
  const [one, two] = ['a'.repeat(32), 'b'.repeat(40)]
  const listed = readConfig({ SECRET_KEYS_ACCEPTED: ` ${one}, ${two}` }).secretKeysAccepted

  assert.deepEqual(listed, [one, two])
  assert.deepEqual(readConfig({}).secretKeysAccepted, [])
  for (const wrong of [`${one},short`, `${one},`, `${one} ${two},x`]) {
    const line = only({ SECRET_KEYS_ACCEPTED: wrong })
    assert.match(line, /^SECRET_KEYS_ACCEPTED: give earlier or coming values/)
    assert.doesNotMatch(line, /aaa|bbb|short/)
  }
})

test('ADMIN_TOKEN is long enough and fits into a header', () => {
  assert.match(only({ ADMIN_TOKEN: 't'.repeat(23) }), /^ADMIN_TOKEN: use at least 24/)
  assert.match(only({ ADMIN_TOKEN: `${TOKEN} ` }), /^ADMIN_TOKEN: use letters/)
  assert.equal(readConfig({ ADMIN_TOKEN: TOKEN }).adminToken, TOKEN)
})

test('the first admin has both an address and a password, or neither is given', () => {
  const admin = { ADMIN_EMAIL: 'a@example.com', ADMIN_PASSWORD: 'correct horse' }

  assert.equal(readConfig(admin).adminEmail, 'a@example.com')
  assert.match(only({ ADMIN_EMAIL: admin.ADMIN_EMAIL }), /^ADMIN_PASSWORD: set it too/)
  assert.match(only({ ADMIN_PASSWORD: admin.ADMIN_PASSWORD }), /^ADMIN_EMAIL: set it too/)
  assert.match(only({ ...admin, ADMIN_EMAIL: 'nobody' }), /^ADMIN_EMAIL: give/)
  assert.match(only({ ...admin, ADMIN_PASSWORD: 'short' }), /^ADMIN_PASSWORD: use 8 to 256/)
})

test('rate limits can be lifted on this machine only', () => {
  const publicly = { ISSUER: 'https://sso.example.com' }

  assert.equal(readConfig({ RATE_LIMITS: 'off' }).rateLimits, false)
  assert.match(only({ ...publicly, RATE_LIMITS: 'off' }), /^RATE_LIMITS: off needs a loopback/)
  assert.equal(readConfig({ ...publicly, RATE_LIMITS: 'on' }).rateLimits, true)
  assert.match(only({ RATE_LIMITS: 'no thanks' }), /on or off/)
})

test('the demo site is on by default on this machine, and off in public', () => {
  assert.equal(readConfig({ ISSUER: 'https://sso.example.com' }).demo, false)
  assert.equal(readConfig({ DEMO: 'off' }).demo, false)
  assert.equal(
    readConfig({ ISSUER: 'http://127.0.0.1:5000', PORT: '5000' }).demoOrigin,
    'http://127.0.0.1:5001',
  )
})

test('TRUST_PROXY is a number of hops or a list of addresses', () => {
  assert.equal(readConfig({ TRUST_PROXY: '2' }).trustProxy, 2)
  assert.equal(readConfig({ TRUST_PROXY: '0' }).trustProxy, false)
  assert.deepEqual(readConfig({ TRUST_PROXY: '10.0.0.0/8, ::1' }).trustProxy, ['10.0.0.0/8', '::1'])
  assert.match(only({ TRUST_PROXY: 'true' }), /^TRUST_PROXY: /)
  assert.match(only({ TRUST_PROXY: '0.0.0.0/0' }), /^TRUST_PROXY: /)
})

test('addresses of services are of the right kind', () => {
  for (const name of ['DATABASE_URL', 'SMTP_URL', 'REDIS_URL', 'PLATFORM_API_URL']) {
    assert.match(only({ [name]: 'ftp://a.example', SECRET_KEY: KEY }), /give an address/, name)
    assert.match(only({ [name]: 'a.example:25', SECRET_KEY: KEY }), /give an address/, name)
  }
})

test('MAIL_FROM cannot add a header', () => {
  assert.match(only({ MAIL_FROM: 'a@example.com\r\nBcc: b@example.com' }), /^MAIL_FROM: /)
  assert.equal(readConfig({ MAIL_FROM: 'SSO <a@b.example>' }).mailFrom, 'SSO <a@b.example>')
})

test('a .env file adds to the environment, which wins', (t) => {
  const home = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  t.after(() => {
    process.chdir(home)
    rmSync(folder, { recursive: true })
    delete process.env.MAIL_FROM
  })
  writeFileSync(join(folder, '.env'), 'HOME=/nowhere\nMAIL_FROM="SSO <file@example.com>"\n')
  process.chdir(folder)

  const env = environment()

  assert.equal(env.MAIL_FROM, 'SSO <file@example.com>')
  assert.notEqual(env.HOME, '/nowhere')
})

test('the documentation and the example file list exactly the variables there are', () => {
  const documented = read('docs/configuration.md').matchAll(/^\| (`[^|]+`) \|/gm)
  const example = read('.env.example').matchAll(/^# ?([A-Z_]+)=/gm)

  assert.deepEqual(
    [...documented].flatMap(([, cell = '']) => cell.match(/[A-Z_]+/g)).sort(),
    names().sort(),
  )
  assert.deepEqual([...example].map(([, name]) => name).sort(), names().sort())
})

function names(): string[] {
  return Object.keys(settings.shape)
}

function read(path: string): string {
  return readFileSync(join(import.meta.dirname, '../..', path), 'utf8')
}

function problems(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.problems
  }
}

function only(env: Record<string, string>): string {
  const found = problems(env)
  assert.equal(found.length, 1, found.join('\n'))
  return found[0] ?? ''
}
