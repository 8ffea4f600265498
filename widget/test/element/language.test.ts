import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languageOf } from '../../src/language.ts'

test('the first wish that is spoken here decides', () => {
  assert.equal(languageOf([undefined, null, '', 'nl', 'fr', 'de']).lang, 'fr')
})

test('a region or a script is answered with its language, however it is spelled', () => {
  assert.equal(languageOf(['pt-BR']).words.signin, 'Entrar com AutoGPT')
  assert.equal(languageOf(['zh-Hant-TW']).lang, 'zh')
  assert.equal(languageOf(['DE']).lang, 'de')
})

test('a language whose code only begins like another is not taken for it', () => {
  for (const wish of ['kok', 'est', 'hil', 'arn', 'constructor', '__proto__']) {
    assert.equal(languageOf([wish]).lang, 'en', wish)
  }
})

test('Arabic and Hebrew are written from right to left, the other ten are not', () => {
  const all = ['ar', 'de', 'en', 'es', 'fr', 'he', 'hi', 'it', 'ja', 'ko', 'pt', 'zh']

  const rightToLeft = all.filter((lang) => languageOf([lang]).dir === 'rtl')

  assert.deepEqual(rightToLeft, ['ar', 'he'])
})

test('every language has words of its own, and every label names AutoGPT', () => {
  const seen = new Set<string>()
  for (const lang of ['ar', 'de', 'en', 'es', 'fr', 'he', 'hi', 'it', 'ja', 'ko', 'pt', 'zh']) {
    const { words } = languageOf([lang])
    for (const label of [words.signin, words.signup, words.continue]) {
      assert.match(label, /AutoGPT/, lang)
    }
    for (const word of Object.values(words)) {
      assert.ok(word.length > 0 && !seen.has(word), `${lang}: ${word}`)
      seen.add(word)
    }
  }
})
