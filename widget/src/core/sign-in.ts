import { aborted, fail, type SignInError } from './errors.ts'
import { byFedcm, hasFedcm } from './fedcm.ts'
import { inPopup } from './popup.ts'
import { redeem } from './redeem.ts'
import { keep } from './redirect.ts'
import { authorizeUrl, begin } from './transaction.ts'
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
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(aborted())))
}

/**
 * Signs a person in, by the way that `flow` says. Call it in a click: only then do browsers open a
 * window. Rejects with a SignInError.
 */
export async function signIn(
  options: SignInOptions,
  context: SignInContext = {},
): Promise<SignInResult> {
  const { flow = 'auto', backendUri } = options
  const { signal, passive } = context
  if (backendUri) {
    const start = new URL(backendUri, location.href)
    start.searchParams.set('return_to', location.pathname + location.search)
    return leave(`${start}`, signal)
  }
  const transaction = await begin(options)
  const { asked } = transaction
  const began = performance.now()
  const isAuto = !passive && flow === 'auto'
  let via: Via = passive ? 'fedcm' : flow !== 'auto' ? flow : hasFedcm() ? 'fedcm' : windowed()

  /** The next way, where one was not open; else the error is the end. */
  const fallBack = (error: SignInError, isOpen: boolean, to: Via): undefined => {
    if (!isAuto || isOpen) throw error
    const late = performance.now() - began > instant || !navigator.userActivation?.isActive
    const isLate = via === 'fedcm' && late
    context.onFallback?.({ from: via, to: isLate ? 'ask' : to, reason: error.message })
    if (isLate) throw error
    via = to
  }

  let answer: URLSearchParams | undefined
  if (via === 'fedcm') {
    if (!hasFedcm()) fail('unsupported', 'this browser has no FedCM')
    answer = await byFedcm(transaction, context).catch((error) =>
      fallBack(error, !/^(ne|un)/.test(error.code), windowed()),
    )
  }
  if (via === 'popup') {
    answer = await inPopup(authorizeUrl(transaction), asked.state, signal).catch((error) =>
      fallBack(error, error.code !== 'popup_blocked', 'redirect'),
    )
  }
  if (answer) return redeem(answer, transaction, via, signal)
  asked.state = asked.state.replace('p.', 'r.')
  keep({ ...transaction, page: location.href })
  return leave(authorizeUrl(transaction), signal)
}
