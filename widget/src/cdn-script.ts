import './autogpt-signin.ts'
import { AutoGPTSignIn } from './element.ts'

// Found by its address, not as currentScript, which is null where the tag says type="module".
const script = document.querySelector<HTMLScriptElement>(
  'script[src*="/widget/"][src$="/autogpt-signin.js"]',
)

AutoGPTSignIn.issuer = script?.src.split('/widget/')[0]
