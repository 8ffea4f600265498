import type { Words } from '../words.ts'

export const fr: Words = {
  signin: 'Se connecter avec AutoGPT',
  signup: 'S’inscrire avec AutoGPT',
  continue: 'Continuer avec AutoGPT',
  busy: 'Connexion…',
  fallback: 'Continuer dans une fenêtre',
  error: 'Échec de la connexion',
}
