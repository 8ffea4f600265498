import './autogpt-signin.ts'
import { AutoGPTSignIn } from './element.ts'
import { issuerOf } from './script-issuer.ts'

// As a module a script is no currentScript, however its file is written.
const script = document.currentScript ?? document.querySelector('script[src$="/autogpt-signin.js"]')

AutoGPTSignIn.issuer = issuerOf((script as HTMLScriptElement | null)?.src)
