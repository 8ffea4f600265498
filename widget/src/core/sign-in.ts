import { fail, SignInError } from './errors.ts'
import { byFedcm, fedcm } from './fedcm.ts'
import { byPopup } from './popup.ts'
import { redeem } from './redeem.ts'
import { byRedirect, isFramed, leave } from './redirect.ts'
import { begin, ofThisOrigin } from './transaction.ts'
import type { SignInContext, SignInOptions, SignInResult, Via } from './types.ts'

/** A dialog that fails as fast as this was never seen by anybody. */
const instant = 800

const by = { fedcm: byFedcm, popup: byPopup, redirect: byRedirect }

/** Touch screens, and browsers inside of other apps, have no windows. */
const hasWindows = (): boolean =>
  !matchMedia('(pointer:coarse)').matches &&
  !/; wv|FBA|Instagram|Line\/|MicroMes/.test(navigator.userAgent)

/**
 * Signs a person in, by the way that `flow` says. Call it in a click: only then do browsers open a
 * window. Rejects with a SignInError.
 */
export async function signIn(
  options: SignInOptions,
  context: SignInContext = {},
): Promise<SignInResult> {
  const { signal } = context
  try {
    if (options.backendUri) return await leave(startAt(options.backendUri), signal)
    const result = await byFirst(options, context)
    signal?.throwIfAborted()
    return result
  } catch (error) {
    if (signal?.aborted) fail('cancelled', 'ended by the page')
    // What a browser refuses, such as an address that is none.
    throw error instanceof SignInError ? error : new SignInError('config', `${error}`)
  }
}

/** The site's own start route, told where the person was. */
function startAt(backendUri: string): string {
  const start = new URL(backendUri, location.href)
  start.searchParams.set('return_to', location.href.slice(location.origin.length))
  return ofThisOrigin(start.href, 'backend-uri')
}

/** The ways to try, one after the other. */
function waysOf(flow: string | undefined, { again }: SignInContext): Via[] {
  if (flow && flow in by) return [flow as Via]
  const ways: Via[] = isFramed() ? ['popup'] : hasWindows() ? ['popup', 'redirect'] : ['redirect']
  return fedcm() && !again ? ['fedcm', ...ways] : ways
}

/** By the first way that is open, each an attempt of its own. */
async function byFirst(options: SignInOptions, context: SignInContext): Promise<SignInResult> {
  const { signal, passive, onFallback } = context
  const ways = waysOf(passive ? 'fedcm' : options.flow, context)
  const began = performance.now()
  for (;;) {
    const via = ways.shift() as Via
    const transaction = await begin(options, via)
    // Ended while the hash was made: no window opens any more.
    signal?.throwIfAborted()
    const answer = await by[via](transaction, context).catch((error: SignInError) => {
      const [next] = ways
      if (!next || !/network|unsupported|blocked/.test(error.code) || signal?.aborted) throw error
      const isLate =
        via === 'fedcm' &&
        (performance.now() - began > instant || !navigator.userActivation.isActive)
      onFallback?.({ from: via, to: isLate ? 'ask' : next, reason: error.message })
      if (isLate) throw error
    })
    if (answer) return redeem(answer, transaction)
  }
}
