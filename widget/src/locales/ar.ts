import type { Words } from '../words.ts'

export const ar: Words = {
  signin: 'تسجيل الدخول باستخدام AutoGPT',
  signup: 'إنشاء حساب باستخدام AutoGPT',
  continue: 'المتابعة باستخدام AutoGPT',
  busy: 'جارٍ تسجيل الدخول…',
  fallback: 'المتابعة في نافذة',
  error: 'تعذّر تسجيل الدخول',
}
