import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from 'koa'
import { localeByTag, localeOf } from './locale.ts'
import { serve } from './testing.ts'

const tell = (ctx: Context) => {
  ctx.body = localeOf(ctx, ctx.query.ui_locales as string).tag
}

test('ui_locales goes before Accept-Language (OIDC Core 3.1.2.1)', async (t) => {
  const { origin } = await serve(t, tell)
  const ask = async (uiLocales: string, acceptLanguage: string) => {
    const headers = { 'accept-language': acceptLanguage }
    return (await fetch(`${origin}/?ui_locales=${uiLocales}`, { headers })).text()
  }

  assert.equal(await ask('de', 'en'), 'de')
  assert.equal(await ask('fr+de-CH+en', 'en'), 'de')
  assert.equal(await ask('DE-de', 'en'), 'de')
  assert.equal(await ask('fr', 'de;q=0.9, en;q=0.1'), 'de')
  assert.equal(await ask('', 'de-AT'), 'de')
  assert.equal(await ask('', 'fr'), 'en')
})

test('junk in ui_locales and Accept-Language means English (A129)', async (t) => {
  const { origin } = await serve(t, tell)
  const junk = [
    '../../etc/passwd',
    '__proto__',
    'constructor',
    'toString',
    '%00',
    '%0d%0aSet-Cookie:x=1',
    'x'.repeat(10_000),
    '%F0%9F%92%A9',
    'fr&ui_locales=de',
  ]

  for (const uiLocales of junk) {
    const headers = { 'accept-language': '__proto__, ../../de, ;;;q=x' }
    const response = await fetch(`${origin}/?ui_locales=${uiLocales}`, { headers })
    assert.equal(await response.text(), 'en', uiLocales.slice(0, 40))
  }
})

test('a stored language tag that is unknown means English', () => {
  assert.equal(localeByTag('de-AT').tag, 'de')
  assert.equal(localeByTag(null).tag, 'en')
  assert.equal(localeByTag('__proto__').tag, 'en')
})
