import type { Words } from '../words.ts'

export const pt: Words = {
  signin: 'Entrar com AutoGPT',
  signup: 'Cadastrar-se com AutoGPT',
  continue: 'Continuar com AutoGPT',
  busy: 'Entrando…',
  fallback: 'Continuar em uma janela',
  error: 'Não foi possível entrar',
}
