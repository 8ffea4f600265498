import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { testEngine } from '#db/testing.ts'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer, tokensFor } from './harness.ts'
import { bearer, send } from './requests.ts'
import { freePort } from './server-process.ts'

const folder = new URL('../../examples/fastapi', import.meta.url).pathname
// Where Debian's python3-venv is missing there is venv, but not what it needs.
const hasPython = spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0

const only = {
  skip: (testEngine === 'pglite' && 'once is enough') || (!hasPython && 'no Python with venv here'),
}

/** A Python with the requirements of examples/fastapi; undefined: pip cannot reach its index. */
function install(t: TestContext): string | undefined {
  const place = mkdtempSync(join(tmpdir(), 'autogpt-sso-fastapi-'))
  t.after(() => rmSync(place, { recursive: true, force: true }))
  execFileSync('python3', ['-m', 'venv', place])
  const quick = ['--quiet', '--disable-pip-version-check', '--retries', '1']
  const asked = ['install', ...quick, '-r', join(folder, 'requirements.txt')]
  const { status, stderr } = spawnSync(join(place, 'bin/pip'), asked, { encoding: 'utf8' })
  if (status === 0) return place
  assert.match(stderr, /NewConnectionError|NameResolution|Timeout|ProxyError|No route/, stderr)
  return undefined
}

/** examples/fastapi as a platform behind this issuer. */
async function startPlatform(
  t: TestContext,
  { place, issuer, port }: { place: string; issuer: string; port: number },
): Promise<string> {
  const python = spawn(
    join(place, 'bin/uvicorn'),
    ['main:app', '--app-dir', folder, '--port', String(port), '--log-level', 'warning'],
    {
      stdio: 'ignore',
      env: { ...process.env, AUTOGPT_ISSUER: issuer, PYTHONDONTWRITEBYTECODE: '1' },
    },
  )
  t.after(async () => {
    python.kill()
    if (python.exitCode === null && python.signalCode === null) await once(python, 'exit')
  })
  const url = `http://127.0.0.1:${port}`
  while (!(await fetch(`${url}/openapi.json`).catch(() => undefined))) {
    assert.equal(python.exitCode, null, 'uvicorn ended')
    await sleep(50)
  }
  return url
}

test('FastAPI behind the gateway knows who calls, and believes nobody else', only, async (t) => {
  const place = install(t)
  if (!place) return t.skip('the Python package index cannot be reached')
  const port = await freePort()
  const server = await startServer(t, { PLATFORM_API_URL: `http://127.0.0.1:${port}` })
  const platform = await startPlatform(t, { place, issuer: server.url, port })
  const path = '/external-api/v2/graphs'
  const { value, user, client } = await issueToken(server, { scopes: ['READ_GRAPH'] })
  const { key } = await apiKeyFor(server, user, ['READ_GRAPH'])

  const byToken = await send(server, path, { headers: bearer(value) })
  assert.deepEqual([byToken.status, byToken.body.asked_by], [200, user.id])
  assert.equal(byToken.body.app, client.clientId)
  const byKey = await send(server, path, { headers: { 'x-api-key': key } })
  assert.deepEqual([byKey.body.asked_by, byKey.body.app], [user.id, null])

  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const app = await server.client()
  const { id_token: idToken = '' } = await tokensFor(server, app, await server.user(), {
    scope: 'openid',
  })
  const forged = await new SignJWT({ scope: 'READ_GRAPH', credential_id: 'x' })
    .setProtectedHeader({
      alg: 'ES256',
      typ: 'autogpt-identity+jwt',
      kid: 'mine',
      jwk: await exportJWK(publicKey),
    })
    .setIssuer(server.url)
    .setAudience('autogpt-platform')
    .setSubject(user.id)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(privateKey)
  // A170: whoever reaches the platform around the gateway
  for (const header of ['', 'nonsense', forged, idToken]) {
    const headers = {
      ...(header && { 'X-AutoGPT-Identity': header }),
      'X-AutoGPT-User-Id': user.id,
    }
    assert.equal((await fetch(platform + path, { headers })).status, 401, header)
  }
})
