import type { Words } from '../words.ts'

export const es: Words = {
  signin: 'Iniciar sesión con AutoGPT',
  signup: 'Registrarse con AutoGPT',
  continue: 'Continuar con AutoGPT',
  busy: 'Iniciando sesión…',
  fallback: 'Continuar en una ventana',
  error: 'Error al iniciar sesión',
}
