import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { readConfig } from '../server/src/config.ts'
import { settings } from '../server/src/settings.ts'
import { systemProgram } from '../server/test/topology-programs.ts'

const root = join(import.meta.dirname, '..')
const dockerfile = read('Dockerfile')
const compose = parse(read('docker-compose.yml'), { merge: true })
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
    assert.ok(existsSync(join(root, path)), path)
    assert.ok(context.includes(`!${path}`), path)
  }
})

test('the image has the sign-in button, built in it and not on the machine of whoever makes it', () => {
  const built = dockerfile.indexOf('node widget/scripts/build.ts')
  const copied = dockerfile.indexOf('COPY --from=packages /app/widget ./widget')

  assert.ok(built > dockerfile.indexOf('COPY widget ./widget') && copied > built)
  assert.match(read('.dockerignore'), /^!widget$[\s\S]*^widget\/dist$/m)
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
  const nodes = ['node-1', 'node-2'].map((name) => readConfig(filledIn(name, secrets)))

  for (const config of nodes) {
    assert.equal(config.issuer, 'http://localhost:4000')
    assert.match(config.databaseUrl ?? '', /@pgbouncer:6432\/autogpt_sso$/)
    assert.equal(config.trustProxy, 1)
    assert.ok(config.drainSeconds >= 3)
  }
  assert.deepEqual(
    nodes.map(({ demo }) => demo),
    [true, false],
  )
  assert.throws(() => filledIn('node-1', { SECRET_KEY: 's' }), /POSTGRES_PASSWORD/)
  assert.throws(() => filledIn('pgbouncer', { SECRET_KEY: 's' }), /POSTGRES_PASSWORD/)
  assert.throws(() => filledIn('node-1', { POSTGRES_PASSWORD: 'p' }), /SECRET_KEY/)
})

test('compose passes on every variable but those that belong to the container', () => {
  const own = ['HOST', 'PORT', 'DATA_DIR']

  assert.deepEqual(
    Object.keys(compose.services['node-1'].environment).sort(),
    settings
      .keyof()
      .options.filter((name) => !own.includes(name))
      .sort(),
  )
})

test('compose publishes on this machine only, and neither a database nor the pool', () => {
  for (const { ports = [] } of Object.values<{ ports?: string[] }>(compose.services)) {
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/)
  }
  assert.equal(compose.services.database.ports, undefined)
  assert.equal(compose.services.pgbouncer.ports, undefined)
})

test('the files of deploy/ are those that compose mounts, and name its services', () => {
  const mounted = ['haproxy', 'pgbouncer'].map((name) => compose.services[name].volumes[0])
  const { NODE_1_ADDRESS, NODE_2_ADDRESS } = compose.services.haproxy.environment
  const pooling = read('deploy/pgbouncer.ini')

  assert.match(mounted[0], /^\.\/deploy\/haproxy\.cfg:.*:ro$/)
  assert.match(mounted[1], /^\.\/deploy\/pgbouncer\.ini:.*:ro$/)
  for (const address of [NODE_1_ADDRESS, NODE_2_ADDRESS]) {
    assert.ok(compose.services[address.replace(/:4000$/, '')], address)
  }
  assert.match(pooling, /^\* = host=database port=5432$/m)
  assert.match(pooling, /^listen_port = 6432$/m)
  assert.match(pooling, /^pool_mode = transaction$/m)
  assert.match(
    pooling,
    new RegExp(`^auth_file = ${compose.services.pgbouncer.environment.AUTH_FILE}$`, 'm'),
  )
})

test('HAProxy takes its configuration with what compose gives it', () => {
  const { status, stderr } = spawnSync(
    systemProgram('haproxy') ?? 'haproxy, whose package is not installed',
    ['-c', '-f', 'deploy/haproxy.cfg'],
    { cwd: root, env: compose.services.haproxy.environment, encoding: 'utf8' },
  )

  assert.equal(status, 0, stderr)
})

// Compose's own rules: ${NAME}, ${NAME:-default}, ${NAME:?what to do}.
function filledIn(service: string, env: Record<string, string>): Record<string, string> {
  const fill = (text: string) =>
    text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name, kind, rest) => {
      if (kind === '?' && !env[name]) throw new Error(`${name}: ${rest}`)
      return env[name] || (kind === '-' ? rest : '')
    })
  const { environment } = compose.services[service]
  return Object.fromEntries(
    Object.entries<unknown>(environment).map(([name, text]) => [name, fill(String(text))]),
  )
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
