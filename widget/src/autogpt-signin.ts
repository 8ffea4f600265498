import { AutoGPTSignIn } from './element.ts'

export { SignInError } from './core/errors.ts'
export type * from './core/types.ts'
export { AutoGPTSignIn, type SignInRequest } from './element.ts'
export * from './events.ts'

// A page that loads this twice keeps the first; in Node Lit brings a registry of its own.
if (!customElements.get('autogpt-signin')) {
  customElements.define('autogpt-signin', AutoGPTSignIn)
}

declare global {
  interface HTMLElementTagNameMap {
    'autogpt-signin': AutoGPTSignIn
  }
}
