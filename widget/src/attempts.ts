import type { LitElement } from 'lit'
import { answerTo } from './core/callback.ts'
import { fail, type SignInError } from './core/errors.ts'
import { signIn } from './core/sign-in.ts'
import type { SignInContext, SignInOptions, SignInResult, Via } from './core/types.ts'
import {
  SignInCancelEvent,
  SignInErrorEvent,
  SignInFallbackEvent,
  SignInStartEvent,
  SignInSuccessEvent,
} from './events.ts'
import { lastWordOf } from './last-word.ts'
import { inTurn } from './turn.ts'
import type { Status } from './view.ts'

/** An element's attempts, one after the other: where they stand, and the events that tell of it. */
export function attemptsOf(host: LitElement) {
  const { states } = host.attachInternals()
  const say = lastWordOf(host)
  const attempts = {
    status: 'idle' as Status,
    result: undefined as SignInResult | undefined,
    show() {
      const { status } = attempts
      host.setAttribute('status', status)
      host.requestUpdate()
      try {
        states.clear()
        states.add(status)
      } catch {
        // Browsers of before 2024 have no such states; the attribute says the same.
      }
    },
    become(status: Status, event?: CustomEvent<unknown>, result?: SignInResult) {
      attempts.status = status
      attempts.result = result
      attempts.show()
      say(event)
    },
    end({ code, message }: SignInError) {
      const detail = { code, message }
      if (code === 'cancelled') attempts.become('idle', new SignInCancelEvent(detail))
      // It was somebody else's turn, and nothing of this element's has changed.
      else if (code === 'busy') say(new SignInErrorEvent(detail))
      else attempts.become('error', new SignInErrorEvent(detail))
    },
  }
  return attempts
}

export type Attempts = ReturnType<typeof attemptsOf>

export async function begin(
  host: LitElement,
  { status, become, end }: Attempts,
  options: SignInOptions,
  passive?: boolean,
): Promise<SignInResult> {
  const start = new SignInStartEvent({ flow: options.flow ?? 'auto', passive: !!passive })
  if (!host.dispatchEvent(start)) fail('cancelled', 'a listener prevented it')
  const again = status === 'fallback'
  let asking: Via | undefined
  try {
    const result = await inTurn(host, passive, (turn) => {
      const { signal } = turn
      const onFallback: SignInContext['onFallback'] = (detail) => {
        if (detail.to === 'ask') {
          asking = detail.from
          turn.givesWay = true
          become('fallback')
        }
        host.dispatchEvent(new SignInFallbackEvent(detail))
      }
      if (!passive) become('busy')
      return signIn(options, { signal, passive, again, onFallback })
    })
    become('done', new SignInSuccessEvent(result), result)
    return result
  } catch (error) {
    const { code } = error as SignInError
    // Where another click is asked for, neither the dialog's end nor that click is one of the attempt.
    const isQuiet = passive || asking === 'fedcm' || (asking && code === 'cancelled')
    if (!isQuiet) end(error as SignInError)
    throw error
  }
}

// Frameworks mount twice: the element that began to wait may be gone when the answer is there, and
// then it belongs to another one of the same app.
const returned: Record<string, ReturnType<typeof answerTo>> = {}

/** Takes what a redirect brought to this page, if that is there. */
export async function resume(
  host: LitElement,
  { become, end }: Attempts,
  options: SignInOptions,
): Promise<void> {
  const app = `${options.issuer} ${options.clientId}`
  returned[app] ??= answerTo(options)
  const answer = returned[app]
  if (!answer) return
  const take = () => host.isConnected && returned[app] === answer && delete returned[app]
  become('busy')
  try {
    const result = await answer
    if (take()) become('done', new SignInSuccessEvent(result), result)
    else become('idle')
  } catch (error) {
    if (take()) end(error as SignInError)
    else become('idle')
  }
}
