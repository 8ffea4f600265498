import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languageOf } from '../../src/language.ts'
import { words } from '../../src/words.ts'

/** An element in a page whose language nobody named; where one is, a browser has to say. */
const nowhere = { matches: () => false }

test('a region or a script is answered with its language, however it is spelled', () => {
  assert.equal(languageOf(nowhere, 'pt-BR').words[0], 'Entrar com AutoGPT')
  assert.equal(languageOf(nowhere, 'zh-Hant-TW').lang, 'zh')
  assert.equal(languageOf(nowhere, 'DE').lang, 'de')
})

test('a language whose code only begins like another is not taken for it', () => {
  for (const wish of ['kok', 'est', 'hil', 'arn', 'constructor', '__proto__']) {
    assert.equal(languageOf(nowhere, wish).lang, languageOf(nowhere).lang, wish)
  }
})

test('Arabic and Hebrew are written from right to left, the other ten are not', () => {
  const rightToLeft = Object.keys(words).filter((tag) => languageOf(nowhere, tag).dir === 'rtl')

  assert.deepEqual(rightToLeft, ['ar', 'he'])
  assert.equal(Object.keys(words).length, 12)
})

test('every language has words of its own, and every label names AutoGPT', () => {
  const all = Object.values(words).flat()

  assert.equal(new Set(all).size, all.length)
  for (const [lang, [...row]] of Object.entries(words)) {
    assert.equal(row.length, 6, lang)
    for (const label of row.slice(0, 3)) assert.match(label, /AutoGPT/, lang)
  }
})
