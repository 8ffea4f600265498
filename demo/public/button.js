// Who signed in, as the button's events tell it. Everything else is in the button.

/** @import { AutoGPTSignIn } from '../../widget/src/element.ts' */
/** @import { SignInResult } from '../../widget/src/core/types.ts' */

/** @type {NodeListOf<AutoGPTSignIn>} */
const buttons = document.querySelectorAll('autogpt-signin')
const forget = /** @type {HTMLButtonElement} */ (document.getElementById('forget'))
/** @type {AutoGPTSignIn | undefined} */
let used

for (const button of buttons) {
  // On the element itself: it tells a listener that comes late what a redirect has brought.
  button.addEventListener('autogpt-signin-success', ({ detail }) => {
    used = button
    forget.hidden = false
    show(...told(detail))
  })
  button.addEventListener('autogpt-signin-cancel', () => {
    show('No problem', 'Nothing was shared. Try again whenever you like.')
  })
  button.addEventListener('autogpt-signin-error', ({ detail }) => {
    show('Signing in did not work', `${detail.code}: ${detail.message}`)
  })
}

forget.addEventListener('click', async () => {
  forget.hidden = true
  used?.cancel()
  show('Nobody is signed in here', 'Press any of the buttons.')
  // So that the browser's dialog signs nobody in again unasked. What was allowed stays: to end that,
  // too, is for disconnect().
  await navigator.credentials?.preventSilentAccess()
})

/** @param {SignInResult} result @returns {Parameters<typeof show>} */
function told(result) {
  if (result.status === 'code') {
    const names = Object.keys(result).filter((name) => !['status', 'via'].includes(name))
    const text = 'The site’s server redeems the code; this page never sees a token.'
    return ['A code for the backend', text, { Way: result.via, 'To send': names.join(', ') }]
  }
  const { claims, grantedScopes, via } = result
  return [
    `Hello, ${claims.name || claims.email || 'you'}`,
    'The button checked signature, issuer, audience, time and nonce of the ID token.',
    {
      'E-mail': claims.email ?? '–',
      'User id': claims.sub,
      Way: via,
      Allowed: grantedScopes.join(' '),
    },
  ]
}

/** @param {string} title @param {string} text @param {Record<string, string>} facts */
function show(title, text, facts = {}) {
  slot('title').textContent = title
  slot('text').textContent = text
  slot('facts').replaceChildren(...Object.entries(facts).map(fact))
}

/** @param {[string, string]} fact */
function fact([name, value]) {
  const row = document.createElement('div')
  const term = document.createElement('dt')
  const data = document.createElement('dd')
  term.textContent = name
  data.textContent = value
  row.append(term, data)
  return row
}

/** @param {string} name */
const slot = (name) => /** @type {HTMLElement} */ (document.querySelector(`[data-slot="${name}"]`))
