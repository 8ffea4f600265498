import { SignInError } from './errors.ts'
import { byFedcm, hasFedcm } from './fedcm.ts'
import { inPopup } from './popup.ts'
import { redeem } from './redeem.ts'
import { keep } from './redirect.ts'
import { authorizeUrl, begin, type Transaction } from './transaction.ts'
import type { SignInContext, SignInOptions, SignInResult, Via } from './types.ts'

/** A dialog that fails as fast as this was never seen by anybody. */
const instant = 800

/** Touch screens, and browsers inside of other apps, have no windows. */
const windowed = (): Via =>
  matchMedia('(pointer:coarse)').matches ||
  /; wv|FBA[NV]|Instagram|Line\/|MicroMes/.test(navigator.userAgent)
    ? 'redirect'
    : 'popup'

/** The page is left; whoever waits is gone with it, unless told to stop. */
const leave = (url: string, signal?: AbortSignal): Promise<never> => {
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
  const { backendUri } = options
  const { signal, passive } = context
  try {
    if (backendUri) {
      const start = new URL(backendUri, location.href)
      start.searchParams.set('return_to', location.pathname + location.search)
      return await leave(`${start}`, signal)
    }
    const transaction = await begin(options)
    const [via, answer] = await answerTo(transaction, context, passive ? 'fedcm' : options.flow)
    const result = await redeem(answer, transaction, via)
    signal?.throwIfAborted()
    return result
  } catch (error) {
    throw signal?.aborted ? new SignInError('cancelled', 'ended by the page') : error
  }
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
  let via: Via = !isAuto ? flow : hasFedcm() ? 'fedcm' : windowed()
  for (;;) {
    try {
      if (via === 'fedcm') return [via, await byFedcm(transaction, context)]
      if (via === 'popup')
        return [via, await inPopup(authorizeUrl(transaction), asked.state, signal)]
      asked.state = asked.state.replace('p.', 'r.')
      keep({ ...transaction, page: location.href })
      return await leave(authorizeUrl(transaction), signal)
    } catch (error) {
      const { code, message } = error as SignInError
      const isClosed = /^(network|unsupported|popup_blocked)$/.test(code)
      if (!isAuto || !isClosed || signal?.aborted) throw error
      const late = performance.now() - began > instant || !navigator.userActivation?.isActive
      const isLate = via === 'fedcm' && late
      const to = via === 'fedcm' ? windowed() : 'redirect'
      onFallback?.({ from: via, to: isLate ? 'ask' : to, reason: message })
      if (isLate) throw error
      via = to
    }
  }
}
