import type { LitElement } from 'lit'
import { finishRedirect } from './core/callback.ts'
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
  const { say, listenerAdded } = lastWordOf(host)
  let status: Status = 'idle'
  let result: SignInResult | undefined

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
  const become = (next: Status, event?: CustomEvent<unknown>) => {
    status = next
    result = event instanceof SignInSuccessEvent ? event.detail : undefined
    show()
    say(event)
  }
  const end = ({ code, message }: SignInError) => {
    const detail = { code, message }
    if (code === 'cancelled') become('idle', new SignInCancelEvent(detail))
    // It was somebody else's turn, and nothing of this element's has changed.
    else if (code === 'busy') say(new SignInErrorEvent(detail))
    else become('error', new SignInErrorEvent(detail))
  }
  return { now: () => ({ status, result }), show, become, end, listenerAdded }
}

export type Attempts = ReturnType<typeof attemptsOf>

export async function begin(
  host: LitElement,
  { now, become, end }: Attempts,
  options: SignInOptions,
  passive?: boolean,
): Promise<SignInResult> {
  const start = new SignInStartEvent({ flow: options.flow ?? 'auto', passive: !!passive })
  if (!host.dispatchEvent(start)) fail('cancelled', 'a listener prevented it')
  const again = now().status === 'fallback'
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
    become('done', new SignInSuccessEvent(result))
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
const returned: Record<string, ReturnType<typeof finishRedirect>> = {}

/** Takes what a redirect brought to this page, if that is there. */
export async function resume(
  host: LitElement,
  { become, end }: Attempts,
  options: SignInOptions,
): Promise<void> {
  const app = `${options.issuer} ${options.clientId}`
  returned[app] ??= finishRedirect(options)
  const answer = returned[app]
  const take = () => host.isConnected && returned[app] === answer && delete returned[app]
  let waits = false
  try {
    waits = !!(await Promise.race([answer, 1]))
    if (waits) become('busy')
    const result = await answer
    if (result && take()) become('done', new SignInSuccessEvent(result))
    else if (waits) become('idle')
  } catch (error) {
    if (take()) end(error as SignInError)
    else become('idle')
  }
}
