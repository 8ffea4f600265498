import { fail, SignInError } from './errors.ts'
import { byFedcm, hasFedcm } from './fedcm.ts'
import { inPopup } from './popup.ts'
import { redeem } from './redeem.ts'
import { keep, type Left } from './redirect.ts'
import { authorizeUrl, begin, ofThisOrigin, type Transaction } from './transaction.ts'
import type { SignInContext, SignInOptions, SignInResult, Via } from './types.ts'

/** A dialog that fails as fast as this was never seen by anybody. */
const instant = 800

const isFramed = (): boolean => self !== top

/** Touch screens, and browsers inside of other apps, have no windows. */
const hasWindows = (): boolean =>
  !matchMedia('(pointer:coarse)').matches &&
  !/; wv|FBA[NV]|Instagram|Line\/|MicroMes/.test(navigator.userAgent)

/** The page is left; whoever waits is gone with it, unless told to stop. */
const leave = (url: string, signal?: AbortSignal, left?: Left): Promise<never> => {
  // The server's pages refuse to be framed, and the page around is not ours to send away.
  if (isFramed()) fail('unsupported', 'in a frame use flow="popup"')
  if (left) keep(left)
  location.assign(url)
  return new Promise((_, reject) => signal?.addEventListener('abort', reject))
}

/**
 * Signs a person in, by the way that `flow` says. Call it in a click: only then do browsers open a
 * window. Rejects with a SignInError.
 */
export async function signIn(
  options: SignInOptions,
  context: SignInContext = {},
): Promise<SignInResult> {
  const { signal, passive } = context
  try {
    if (options.backendUri) return await leave(startAt(options.backendUri), signal)
    const transaction = await begin(options)
    // Ended while the hash was made: no window opens any more.
    signal?.throwIfAborted()
    const [via, answer] = await answerTo(transaction, context, passive ? 'fedcm' : options.flow)
    const result = await redeem(answer, transaction, via)
    signal?.throwIfAborted()
    return result
  } catch (error) {
    if (signal?.aborted) fail('cancelled', 'ended by the page')
    // What a browser refuses, such as an address that is none.
    throw error instanceof SignInError ? error : new SignInError('config', `${error}`, error)
  }
}

/** The site's own start route, told where the person was. */
function startAt(backendUri: string): string {
  const start = new URL(backendUri, location.href)
  start.searchParams.set('return_to', location.href.slice(location.origin.length))
  return ofThisOrigin(start.href, 'backend-uri')
}

/** By the way that `flow` says, or the first that is open; and which that was. */
async function answerTo(
  transaction: Transaction,
  context: SignInContext,
  flow: SignInOptions['flow'] = 'auto',
): Promise<[Via, URLSearchParams]> {
  const { signal, onFallback } = context
  const { asked } = transaction
  const began = performance.now()
  const isAuto = flow === 'auto'
  const isOpen: Record<Via, boolean> = {
    fedcm: hasFedcm() && !context.again,
    popup: isFramed() || hasWindows(),
    redirect: !isFramed(),
  }
  const ways = isAuto ? (Object.keys(isOpen) as Via[]).filter((via) => isOpen[via]) : [flow]
  let via = ways.shift()
  for (;;) {
    try {
      if (via === 'fedcm') return [via, await byFedcm(transaction, context)]
      if (via === 'popup') {
        return [via, await inPopup(authorizeUrl(transaction), asked.state, context)]
      }
      asked.state = asked.state.replace('p.', 'r.')
      const left = { ...transaction, page: location.href }
      return await leave(authorizeUrl(transaction), signal, left)
    } catch (error) {
      const { code, message } = error as SignInError
      const to = ways.shift()
      if (!to || !/^(network|unsupported|popup_blocked)$/.test(code) || signal?.aborted) throw error
      const isLate =
        via === 'fedcm' &&
        (performance.now() - began > instant || !navigator.userActivation?.isActive)
      onFallback?.({ from: via as Via, to: isLate ? 'ask' : to, reason: message })
      if (isLate) throw error
      via = to
    }
  }
}
