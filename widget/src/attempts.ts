import type { LitElement } from 'lit'
import { SignInError } from './core/errors.ts'
import { signIn } from './core/sign-in.ts'
import type { SignInOptions, SignInResult } from './core/types.ts'
import {
  SignInCancelEvent,
  SignInErrorEvent,
  SignInFallbackEvent,
  SignInStartEvent,
  SignInSuccessEvent,
} from './events.ts'
import { lastWordOf } from './last-word.ts'
import { abortTurn, inTurn } from './turn.ts'
import type { Status } from './view.ts'

export type Attempts = ReturnType<typeof attemptsOf>

/** An element's attempts, one after the other: what they are at, and the events that tell of it. */
export function attemptsOf(host: LitElement) {
  const { states } = host.attachInternals()
  const { say, forget, listenerAdded } = lastWordOf(host)
  let status: Status = 'idle'
  let result: SignInResult | undefined
  /** Where a window would not open any more, the next click opens it at once. */
  let next: Partial<SignInOptions> | undefined

  const show = () => {
    host.setAttribute('status', status)
    host.requestUpdate()
    try {
      states.clear()
      states.add(status)
    } catch {
      // Browsers of before 2024 have no such states; the attribute says the same.
    }
  }
  const become = (now: Status, outcome?: SignInResult) => {
    status = now
    result = outcome
    next = undefined
    forget()
    show()
  }
  const fail = ({ code, message }: SignInError) => {
    const detail = { code, message }
    // Whoever has the turn is not disturbed by a click elsewhere.
    if (code !== 'busy') become(code === 'cancelled' ? 'idle' : 'error')
    say(code === 'cancelled' ? new SignInCancelEvent(detail) : new SignInErrorEvent(detail))
  }

  const begin = async (options: SignInOptions, passive?: boolean): Promise<SignInResult> => {
    const start = new SignInStartEvent({ flow: options.flow ?? 'auto', passive: !!passive })
    if (!host.dispatchEvent(start)) throw new SignInError('cancelled', 'Start prevented.')
    let asks = false
    try {
      const outcome = await inTurn(host, passive, (signal) => {
        if (!passive) become('busy')
        return signIn(options, {
          signal,
          passive,
          onFallback: (detail) => {
            asks = detail.to === 'ask'
            host.dispatchEvent(new SignInFallbackEvent(detail))
          },
        })
      })
      become('done', outcome)
      say(new SignInSuccessEvent(outcome))
      return outcome
    } catch (error) {
      if (asks) {
        become('fallback')
        next = { flow: 'popup' }
      } else if (!passive) fail(error as SignInError)
      throw error
    }
  }
  return {
    begin,
    listenerAdded,
    state: () => ({ status, result }),
    click: (options: SignInOptions) =>
      status === 'busy' || begin({ ...options, ...next }).catch(() => {}),
    cancel: () => abortTurn(host) || become('idle'),
    show,
  }
}
