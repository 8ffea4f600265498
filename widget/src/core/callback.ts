import { fail } from './errors.ts'
import { redeem } from './redeem.ts'
import { keep, type Left, take } from './redirect.ts'
import { issuerOf } from './transaction.ts'
import type { SignInOptions, SignInResult } from './types.ts'

let pending: { left: Left | undefined; answer: URLSearchParams } | undefined
/** On the way to the page that was left, which takes what was kept. */
let isLeaving = false

/**
 * Takes an answer out of the page's address, at once, so that nothing else finds it there: a popup's
 * goes to the page that opened it, a redirect's back to the page that was left. It runs by itself as
 * the script loads, and does nothing where there is no answer of ours.
 */
export function handleCallback(): void {
  if (isLeaving) return
  const url = new URL(location.href)
  const { search, searchParams } = url
  const state = searchParams.get('state') ?? ''
  const way = /^agp.\./.test(state) && state[3]
  if (way) {
    for (const name of ['code', 'state', 'iss', 'error', 'error_description']) {
      searchParams.delete(name)
    }
    history.replaceState(history.state, '', url)
  }
  if (way === 'p') relay(state, { autogpt: search })
  else settle(url, search, way ? state : undefined)
}

function settle(url: URL, search: string, state: string | undefined): void {
  const left = take()
  const answer = left?.answer ?? search
  const page = state && left?.asked.state === state && left.page
  url.hash = ''
  if (page && page.split('#')[0] !== `${url}`) {
    // One callback for every page: back to the one that was left.
    keep({ ...left, answer })
    isLeaving = true
    location.replace(page)
  } else if (state || left?.answer) {
    // Where only the fragment differs, going there would load nothing.
    if (page) history.replaceState(history.state, '', page)
    pending = { left, answer: new URLSearchParams(answer) }
  }
  // Still under way: this is a page before the answer, as by the back button.
  else if (left) keep(left)
}

function relay(state: string, word: { autogpt: string }): void {
  try {
    opener.postMessage(word, location.origin)
  } catch {
    // Cut off by COOP; the channel is heard.
  }
  new BroadcastChannel(state).postMessage(word)
  setTimeout(close, 99)
}

/** The result of a redirect that this page was left by; undefined: there is none for this app. */
export async function finishRedirect(
  options: Pick<SignInOptions, 'clientId' | 'issuer'>,
): Promise<SignInResult | undefined> {
  if (!pending) return
  const { left, answer } = pending
  if (left) {
    const { asked, issuer } = left
    if (asked.client_id !== options.clientId || issuer !== issuerOf(options)) return
  }
  pending = undefined
  return redeem(answer, left ?? fail('state_mismatch', 'nobody here asked for this'), 'redirect')
}
