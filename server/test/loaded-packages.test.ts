import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { test } from 'node:test'

test('what few requests need is not loaded by an idle server', async () => {
  const packages = new Set<string>()
  const hooks = registerHooks({
    load(url, context, next) {
      const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
      if (name) packages.add(name)
      return next(url, context)
    },
  })

  await import('../src/app.ts')
  await import('#db/postgres.ts')
  hooks.deregister()

  const rare = /nodemailer|ioredis|postal-mime|zxcvbn|pino-pretty|pglite|sdk-trace|otlp|swagger/
  assert.deepEqual(
    [...packages].filter((name) => rare.test(name)),
    [],
  )
  assert.ok(packages.has('oidc-provider') && packages.has('pg'))
})
