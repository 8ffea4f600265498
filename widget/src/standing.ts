import type { LitElement } from 'lit'
import type { SignInResult } from './core/types.ts'
import { lastWordOf } from './last-word.ts'
import type { Status } from './view.ts'

export type Standing = ReturnType<typeof standingOf>

/** Where an element stands: its status and result, as scripts, styles and listeners have them. */
export function standingOf(host: LitElement) {
  const { states } = host.attachInternals()
  const lastWord = lastWordOf(host)
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
  return {
    ...lastWord,
    show,
    now: () => ({ status, result }),
    become: (next: Status, outcome?: SignInResult) => {
      status = next
      result = outcome
      lastWord.forget()
      show()
    },
  }
}
