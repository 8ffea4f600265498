import type { Words } from '../words.ts'

export const he: Words = {
  signin: 'התחברות עם AutoGPT',
  signup: 'הרשמה עם AutoGPT',
  continue: 'המשך עם AutoGPT',
  busy: 'מתחברים…',
  fallback: 'המשך בחלון',
  error: 'ההתחברות נכשלה',
}
