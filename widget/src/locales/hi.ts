import type { Words } from '../words.ts'

export const hi: Words = {
  signin: 'AutoGPT से साइन इन करें',
  signup: 'AutoGPT से साइन अप करें',
  continue: 'AutoGPT के साथ जारी रखें',
  busy: 'साइन इन हो रहा है…',
  fallback: 'विंडो में जारी रखें',
  error: 'साइन इन नहीं हुआ',
}
