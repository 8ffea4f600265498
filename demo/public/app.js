// The page's own story: who is here, what was clicked, what went wrong. The protocol is in sign-in.js,
// drawing in notebook.js.
import { explain, show, showNotice, showProblem, showSignedIn, showTokens } from './notebook.js'
import {
  connect,
  finishSignIn,
  giveBack,
  refresh,
  requestedScopes,
  signOutUrl,
  startSignIn,
  whoSignedIn,
} from './sign-in.js'

/** @import { Site, Tokens } from './sign-in.js' */

/** @type {Site | undefined} */
let site
/** In memory only: no storage that another script could read later. @type {Tokens | undefined} */
let tokens
let refreshed = 0

on('sign-in', signIn)
on('ask-again', signIn)
on('refresh', refreshTokens)
on('sign-out-here', signOutHere)
on('sign-out-everywhere', signOutEverywhere)
// A page kept by the browser for the back button would show who was here before.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
await guarded(start)

async function start() {
  const arrival = new URL(location.href)
  // The code works once and belongs in no history.
  if (arrival.search) history.replaceState(null, '', '/')
  const isCallback = arrival.pathname === '/callback' && arrival.searchParams.size > 0
  show(isCallback ? 'working' : 'signed-out')
  site = await connect()
  if (arrival.searchParams.get('state') === 'signed-out') {
    showNotice('You are signed out, here and at AutoGPT.')
  }
  if (!isCallback) return
  tokens = await finishSignIn(site, arrival)
  showSignedIn({ ...(await whoSignedIn(site, tokens)), tokens, requestedScopes })
  showTokens(tokens, refreshed)
}

async function signIn() {
  site ??= await connect()
  location.assign(await startSignIn(site))
}

async function refreshTokens() {
  if (!site || !tokens) return
  tokens = await refresh(site, tokens)
  refreshed += 1
  showTokens(tokens, refreshed)
}

async function signOutHere() {
  if (!site || !tokens) return
  const leaving = tokens
  forget()
  await giveBack(site, leaving)
  showNotice(
    'You are signed out here, and the tokens work no more. AutoGPT still knows you: sign in again with one click.',
  )
}

async function signOutEverywhere() {
  if (!site || !tokens) return
  const leaving = tokens
  const url = signOutUrl(site, leaving)
  await giveBack(site, leaving)
  location.assign(url)
}

function forget() {
  tokens = undefined
  refreshed = 0
  show('signed-out')
}

/** @param {() => Promise<void>} work */
async function guarded(work) {
  try {
    await work()
  } catch (error) {
    if (!tokens) show('signed-out')
    showProblem(explain(error))
  }
}

/** @param {string} id @param {() => Promise<void>} work */
function on(id, work) {
  const element = button(id)
  element.addEventListener('click', async () => {
    // A second click would spend the same refresh token or open a second attempt.
    if (element.ariaBusy === 'true') return
    element.ariaBusy = 'true'
    showProblem(undefined)
    await guarded(work)
    element.ariaBusy = null
  })
}

/** @param {string} id */
function button(id) {
  return /** @type {HTMLButtonElement} */ (document.getElementById(id))
}
