import { AutoGPTSignIn } from './element.ts'

export * from './autogpt-signin.ts'

// Elsewhere than on the server, as at a CDN for npm, a page says whom it means.
AutoGPTSignIn.issuer = /(.+)\/widget\//.exec(import.meta.url)?.[1]
