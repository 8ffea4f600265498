import { AutoGPTSignIn } from './element.ts'
import { issuerOf } from './script-issuer.ts'

export * from './autogpt-signin.ts'

AutoGPTSignIn.issuer = issuerOf(import.meta.url)
