import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assets, assetUrl } from './assets.ts'
import { serve } from './testing.ts'

test('an asset at the address pages write is cached for good', async (t) => {
  const { origin } = await serve(t, assets())

  const response = await fetch(origin + assetUrl('style.css'))

  assert.equal(response.headers.get('content-type'), 'text/css; charset=utf-8')
  assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable')
})

test('at another version it is asked for again, and not sent twice', async (t) => {
  const { origin } = await serve(t, assets())
  const url = `${origin}/assets/logo.svg?v=old`

  const first = await fetch(url)
  const etag = first.headers.get('etag') ?? ''
  const headers = { 'if-none-match': etag, 'cache-control': 'max-age=0' }
  const second = await fetch(url, { headers })

  assert.equal(first.headers.get('cache-control'), 'public, no-cache')
  assert.equal(second.status, 304)
})

test('no other file can be reached, and nothing can be posted', async (t) => {
  const { origin, port } = await serve(t, assets())

  for (const path of ['style/base.css', '../page.ts', '%2e%2e/page.ts', '__proto__', '']) {
    assert.equal((await fetch(`${origin}/assets/${path}`)).status, 404, path)
  }
  const post = await fetch(`http://127.0.0.1:${port}/assets/logo.svg`, { method: 'POST' })
  assert.equal(post.status, 404)
})

test('the style needs nothing from elsewhere and no page holds inline style or script', async (t) => {
  const { origin } = await serve(t, assets())

  const style = await (await fetch(origin + assetUrl('style.css'))).text()

  assert.doesNotMatch(style, /url\(|@import|https?:/)
})
