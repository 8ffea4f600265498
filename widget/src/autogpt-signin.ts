import { handleCallback } from './core/callback.ts'
import { AutoGPTSignIn } from './element.ts'

export { SignInError } from './core/errors.ts'
export type * from './core/types.ts'
export { AutoGPTSignIn, type SignInRequest } from './element.ts'
export * from './events.ts'

// At once, before other scripts could read the answer; in Node there is none.
if (typeof location === 'object') handleCallback()

// A page that loads this twice keeps the first; in Node Lit brings a registry of its own.
if (!customElements.get('autogpt-signin')) {
  customElements.define('autogpt-signin', AutoGPTSignIn)
}

declare global {
  interface HTMLElementTagNameMap {
    'autogpt-signin': AutoGPTSignIn
  }
}
