import type { Words } from '../words.ts'

export const it: Words = {
  signin: 'Accedi con AutoGPT',
  signup: 'Registrati con AutoGPT',
  continue: 'Continua con AutoGPT',
  busy: 'Accesso in corso…',
  fallback: 'Continua in una finestra',
  error: 'Accesso non riuscito',
}
