import type { Words } from '../words.ts'

export const ja: Words = {
  signin: 'AutoGPT でログイン',
  signup: 'AutoGPT で登録',
  continue: 'AutoGPT で続行',
  busy: 'ログイン中…',
  fallback: 'ウィンドウで続行',
  error: 'ログインできませんでした',
}
