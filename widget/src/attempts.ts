import type { LitElement } from 'lit'
import { SignInError } from './core/errors.ts'
import { signIn } from './core/sign-in.ts'
import type { SignInContext, SignInOptions, SignInResult } from './core/types.ts'
import {
  SignInCancelEvent,
  SignInErrorEvent,
  SignInFallbackEvent,
  SignInStartEvent,
  SignInSuccessEvent,
} from './events.ts'
import { returnedTo } from './returned.ts'
import { standingOf } from './standing.ts'
import { abortTurn, inTurn } from './turn.ts'

/** An element's attempts, one after the other, and the events that tell of them. */
export function attemptsOf(host: LitElement) {
  const { now, become, show, say, listenerAdded } = standingOf(host)

  const succeed = (result: SignInResult) => {
    become('done', result)
    say(new SignInSuccessEvent(result))
    return result
  }
  const fail = ({ code, message }: SignInError) => {
    const isCancelled = code === 'cancelled'
    // Whoever has the turn is not disturbed by a click elsewhere.
    if (code !== 'busy') become(isCancelled ? 'idle' : 'error')
    say(new (isCancelled ? SignInCancelEvent : SignInErrorEvent)({ code, message }))
  }

  const begin = async (options: SignInOptions, passive?: boolean): Promise<SignInResult> => {
    const start = new SignInStartEvent({ flow: options.flow ?? 'auto', passive: !!passive })
    if (!host.dispatchEvent(start)) throw new SignInError('cancelled', 'A listener prevented it.')
    let asks = false
    const onFallback: SignInContext['onFallback'] = (detail) => {
      asks = detail.to === 'ask'
      host.dispatchEvent(new SignInFallbackEvent(detail))
    }
    try {
      const result = await inTurn(host, passive, (signal) => {
        if (!passive) become('busy')
        return signIn(options, { signal, passive, onFallback })
      })
      return succeed(result)
    } catch (error) {
      if (asks) become('fallback')
      else if (!passive) fail(error as SignInError)
      throw error
    }
  }

  const resume = async (options: SignInOptions): Promise<void> => {
    let isWaiting = false
    const onWait = () => {
      isWaiting = true
      become('busy')
    }
    try {
      const result = await returnedTo(host, options, onWait)
      if (result) succeed(result)
      else if (isWaiting) become('idle')
    } catch (error) {
      fail(error as SignInError)
    }
  }

  const click = (options: SignInOptions) => {
    const { status } = now()
    // Where a window would not open any more, this click opens it at once.
    const flow = status === 'fallback' ? 'popup' : options.flow
    if (status !== 'busy') begin({ ...options, flow }).catch(() => {})
  }
  const cancel = () => abortTurn(host) || become('idle')

  return { begin, resume, click, cancel, now, show, listenerAdded }
}
