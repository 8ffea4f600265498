import type { Words } from '../words.ts'

export const en: Words = {
  signin: 'Sign in with AutoGPT',
  signup: 'Sign up with AutoGPT',
  continue: 'Continue with AutoGPT',
  busy: 'Signing in…',
  fallback: 'Continue in a window',
  error: 'Sign-in failed',
}
