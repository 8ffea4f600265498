import { redeem } from './redeem.ts'
import { forget, keep, kept } from './redirect.ts'
import { type Answer, originOf, type Transaction } from './transaction.ts'
import type { SignInOptions, SignInResult } from './types.ts'

/** On the way to the page that was left, which takes what is kept. */
let isLeaving = false
/** An answer that nobody left a page for; gone with this one. */
let unasked: Answer | undefined

/**
 * Takes an answer out of the page's address, at once, so that nothing else finds it there: a popup's
 * goes to the page that opened it, a redirect's back to the page that was left. It runs by itself as
 * the script loads, and does nothing where there is no answer of ours.
 */
export function handleCallback(): void {
  const url = new URL(location.href)
  const { searchParams } = url
  const answer: Answer = Object.fromEntries(searchParams)
  const { state = '' } = answer
  const [, way] = /^agp(.)\./.exec(state) ?? []
  if (!way) return
  for (const name of ['code', 'state', 'iss', 'error', 'error_description']) {
    searchParams.delete(name)
  }
  history.replaceState(history.state, '', url)
  if (way === 'p') relay(state, answer)
  else settle(url, state, answer)
}

function settle(url: URL, state: string, answer: Answer): void {
  const left = kept()
  if (left.asked?.state !== state) {
    unasked = answer
    return
  }
  keep({ ...left, answer })
  const page = left.page as string
  url.hash = ''
  isLeaving = page.split('#')[0] !== `${url}`
  // One callback for every page: back to the one that was left.
  if (isLeaving) location.replace(page)
  // Where only the fragment differs, going there would load nothing.
  else history.replaceState(history.state, '', page)
}

function relay(state: string, answer: Answer): void {
  // COOP cuts the opener off; the channel is heard.
  opener?.postMessage(answer, location.origin)
  new BroadcastChannel(state).postMessage(answer)
  setTimeout(close, 99)
}

type App = Pick<SignInOptions, 'clientId' | 'issuer'>

/** The result of a redirect that this page was left by; undefined: there is none for this app. */
export const finishRedirect = async (app: App): Promise<SignInResult | undefined> => answerTo(app)

/** The same, undefined at once. */
export function answerTo({ clientId, issuer }: App): Promise<SignInResult> | undefined {
  const { answer = unasked, asked, ...left } = kept()
  if (isLeaving || !answer) return
  // Of two servers either may choose this id for its client.
  if (asked) {
    if (asked.client_id !== clientId || left.issuer !== originOf(issuer)) return
    forget()
  }
  unasked = undefined
  return redeem(answer, { asked, ...left } as Transaction)
}
