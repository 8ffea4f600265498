import type { Words } from '../words.ts'

export const de: Words = {
  signin: 'Mit AutoGPT anmelden',
  signup: 'Mit AutoGPT registrieren',
  continue: 'Weiter mit AutoGPT',
  busy: 'Anmeldung läuft…',
  fallback: 'In einem Fenster fortfahren',
  error: 'Anmeldung fehlgeschlagen',
}
