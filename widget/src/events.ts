import type { Flow, SignInErrorCode, SignInResult, Via } from './core/types.ts'

export interface StartDetail {
  flow: Flow
  /** The page asked by `auto-prompt`, not a person by a click. */
  passive: boolean
}

export interface FailureDetail {
  code: SignInErrorCode
  /** For the developer; a person reads the element's own words. */
  message: string
}

export interface FallbackDetail {
  from: Via
  /** `ask`: the browser lets no window open any more; the button asks for another click. */
  to: Via | 'ask'
  reason: string
}

const everywhere = { bubbles: true, composed: true }

/** An attempt begins, unless a listener prevents it. */
export class SignInStartEvent extends CustomEvent<StartDetail> {
  constructor(detail: StartDetail, init: EventInit = everywhere) {
    super('autogpt-signin-start', { ...init, cancelable: true, detail })
  }
}

/** Somebody signed in. The tokens are here and in the element's `result`, nowhere else. */
export class SignInSuccessEvent extends CustomEvent<SignInResult> {
  constructor(detail: SignInResult, init: EventInit = everywhere) {
    super('autogpt-signin-success', { ...init, detail })
  }
}

/** The person closed the window or the dialog, or the page called `cancel()`. */
export class SignInCancelEvent extends CustomEvent<FailureDetail> {
  constructor(detail: FailureDetail, init: EventInit = everywhere) {
    super('autogpt-signin-cancel', { ...init, detail })
  }
}

export class SignInErrorEvent extends CustomEvent<FailureDetail> {
  constructor(detail: FailureDetail, init: EventInit = everywhere) {
    super('autogpt-signin-error', { ...init, detail })
  }
}

/** One way was not open and the next is taken. */
export class SignInFallbackEvent extends CustomEvent<FallbackDetail> {
  constructor(detail: FallbackDetail, init: EventInit = everywhere) {
    super('autogpt-signin-fallback', { ...init, detail })
  }
}

declare global {
  interface HTMLElementEventMap {
    'autogpt-signin-start': SignInStartEvent
    'autogpt-signin-success': SignInSuccessEvent
    'autogpt-signin-cancel': SignInCancelEvent
    'autogpt-signin-error': SignInErrorEvent
    'autogpt-signin-fallback': SignInFallbackEvent
  }
}
