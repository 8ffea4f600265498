import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { readConfig } from '../server/src/config.ts'
import { settings } from '../server/src/settings.ts'

const dockerfile = read('Dockerfile')
const compose = parse(read('docker-compose.yml'))
const secrets = { POSTGRES_PASSWORD: 'p'.repeat(64), SECRET_KEY: 's'.repeat(64) }

test('the image has the Node version of package.json', () => {
  const { dependencies } = JSON.parse(read('package.json'))

  const versions = [...dockerfile.matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version)

  assert.deepEqual(versions, [dependencies.node, dependencies.node])
})

test('everything that the image copies is there, and the build context lets it through', () => {
  const lines = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
  const paths = lines.flatMap(([, sources = '']) => sources.split(' '))
  const context = read('.dockerignore').split('\n')

  assert.ok(paths.length >= 4)
  for (const path of paths) {
    assert.ok(existsSync(join(import.meta.dirname, '..', path)), path)
    assert.ok(context.includes(`!${path}`), path)
  }
})

test('the server in the image is no root, and is the process that gets the signals', () => {
  assert.match(dockerfile, /^USER node$/m)
  assert.match(dockerfile, /^CMD \["node", "server\/src\/main\.ts"\]$/m)
})

test('the health check is a program that runs', () => {
  const [, script = ''] = dockerfile.match(/^ {2}CMD \["node", "-e", "(.+)"\]$/m) ?? []

  assert.doesNotThrow(() => new Function(script))
})

test('compose starts with the two secrets that have no default', () => {
  const environment = filledIn(secrets)

  const config = readConfig(environment)

  assert.equal(config.issuer, 'http://localhost:4000')
  assert.match(config.databaseUrl ?? '', /@database:5432\/autogpt_sso$/)
  assert.throws(() => filledIn({ SECRET_KEY: secrets.SECRET_KEY }), /POSTGRES_PASSWORD/)
  assert.throws(() => filledIn({ POSTGRES_PASSWORD: 'p' }), /SECRET_KEY/)
})

test('compose passes on every variable but those that belong to the container', () => {
  const own = ['HOST', 'PORT', 'DATA_DIR']

  assert.deepEqual(
    Object.keys(compose.services.server.environment).sort(),
    settings
      .keyof()
      .options.filter((name) => !own.includes(name))
      .sort(),
  )
})

test('compose publishes on this machine only, and no database', () => {
  for (const port of compose.services.server.ports) assert.match(port, /^127\.0\.0\.1:/)
  assert.equal(compose.services.database.ports, undefined)
})

// Compose's own rules: ${NAME}, ${NAME:-default}, ${NAME:?what to do}.
function filledIn(env: Record<string, string>): Record<string, string> {
  const fill = (text: string) =>
    text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name, kind, rest) => {
      if (kind === '?' && !env[name]) throw new Error(`${name}: ${rest}`)
      return env[name] || (kind === '-' ? rest : '')
    })
  const { environment } = compose.services.server
  return Object.fromEntries(
    Object.entries<string>(environment).map(([name, text]) => [name, fill(text)]),
  )
}

function read(path: string): string {
  return readFileSync(join(import.meta.dirname, '..', path), 'utf8')
}
