import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from 'koa'
import { assets } from './assets.ts'
import { allowFormAction, securityHeaders } from './headers.ts'
import { serve } from './testing.ts'

const answers = (ctx: Context) => {
  if (ctx.path === '/bug') throw new Error('bug')
  if (ctx.path === '/redirect') return ctx.redirect('/')
  if (ctx.path === '/json') ctx.body = {}
  if (ctx.path === '/' || ctx.path.startsWith('/auth/')) ctx.body = '<p>page'
}

test('every class of answer carries the security headers (A95, A186)', async (t) => {
  const { origin } = await serve(t, assets(), answers)

  for (const path of ['/', '/json', '/redirect', '/missing', '/bug', '/assets/style.css']) {
    const { headers } = await fetch(origin + path, { redirect: 'manual' })
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; style-src 'self'; img-src 'self' data: https:; form-action 'self'; " +
        "base-uri 'none'; frame-ancestors 'none'",
      path,
    )
    assert.equal(headers.get('x-frame-options'), 'DENY', path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
    assert.equal(headers.get('referrer-policy'), 'no-referrer', path)
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', path)
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', path)
    assert.match(headers.get('permissions-policy') ?? '', /camera=\(\)/, path)
    assert.equal(headers.get('x-powered-by'), null, path)
    assert.equal(headers.get('server'), null, path)
  }
})

test('nothing is cached unless it says so (A188)', async (t) => {
  const { origin } = await serve(t, assets(), answers)

  const page = await fetch(origin)
  const style = await fetch(`${origin}/assets/style.css`)

  assert.equal(page.headers.get('cache-control'), 'no-store')
  assert.equal(page.headers.get('pragma'), 'no-cache')
  assert.equal(style.headers.get('cache-control'), 'public, no-cache')
  assert.equal(style.headers.get('pragma'), null)
})

test('no page answers another origin by CORS (A187, RFC 9700 2.6)', async (t) => {
  const { origin } = await serve(t, answers)

  const { headers } = await fetch(origin, { headers: { origin: 'https://evil.example' } })

  assert.equal(headers.get('access-control-allow-origin'), null)
})

test('a popup keeps its opener through the pages of an authorization request', async (t) => {
  const { origin } = await serve(t, answers)

  const { headers } = await fetch(`${origin}/auth/interaction/x`)

  assert.equal(headers.get('cross-origin-opener-policy'), null)
})

test('HSTS is sent where the issuer is https', async (t) => {
  const { origin } = await serve(t, securityHeaders({ hsts: true }), answers)

  const { headers } = await fetch(origin)

  assert.equal(headers.get('strict-transport-security'), 'max-age=31536000')
})

test('a form may end at the client, whose callback may redirect on within its scheme', async (t) => {
  const { origin } = await serve(t, (ctx) => {
    allowFormAction(ctx, String(ctx.query.uri))
    ctx.body = ''
  })
  const formAction = async (uri: string) => {
    const { headers } = await fetch(`${origin}/?uri=${encodeURIComponent(uri)}`)
    return /form-action ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1]
  }

  assert.equal(await formAction('https://app.example/cb'), "'self' https:")
  assert.equal(await formAction('http://[::1]:9876/cb'), "'self' http: https:")
  assert.equal(await formAction('com.example.app:/cb'), "'self' com.example.app:")
  for (const uri of ['javascript:alert(1)', 'data:text/html,x', 'not a uri', 'a; script-src *:/']) {
    assert.equal(await formAction(uri), "'self'", uri)
  }
})
