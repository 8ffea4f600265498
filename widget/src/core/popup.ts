import { fail, SignInError } from './errors.ts'
import { type Answer, authorizeUrl, type Transaction } from './transaction.ts'
import type { SignInContext, SignInErrorCode } from './types.ts'

const patience = 600_000
/** The last word of a window may still be on its way when it is gone. */
const lastWord = 1_500
/** Times that a page of the server's was seen in it; one that COOP cuts off may show it once. */
const often = 3

/**
 * Opens the window and waits for its answer, on both ways: a BroadcastChannel is all that is left
 * under COOP, and postMessage all that crosses the partitions of frames. A window that COOP cut off
 * says at its first page that it is closed, and nobody can tell whether it is: who comes back to this
 * page is asked for another click, and the answer of the window is heard all the same.
 */
export async function byPopup(
  transaction: Transaction,
  { signal, onFallback }: SignInContext,
): Promise<Answer> {
  const { state } = transaction.asked
  const features = `popup,width=480,height=720,left=${screenX + outerWidth / 2 - 240}`
  const channel = new BroadcastChannel(state)
  const popup = open(authorizeUrl(transaction), state, features)
  const over = new AbortController()
  const timers: ReturnType<typeof setTimeout>[] = []
  return new Promise<Answer>((resolve, reject) => {
    if (!popup) fail('popup_blocked', 'not in a click?')
    let seen = 0
    const endIn = (wait: number, code: SignInErrorCode, message: string) =>
      timers.push(setTimeout(reject, wait, new SignInError(code, message)))
    const hear = ({ origin, data }: MessageEvent<Answer | null>) => {
      if (origin === location.origin && data?.state === state) resolve(data)
    }
    const comeBack = () => {
      if (popup.closed && seen <= often) {
        onFallback?.({ from: 'popup', to: 'ask', reason: 'cut off by COOP' })
      }
    }
    const look = () => {
      try {
        // Throws where the page in it is the server's, which is none of this one's business.
        if (!popup.closed) popup.document.hasFocus()
        else if (seen > often) endIn(lastWord, 'cancelled', 'window closed')
      } catch {
        seen += 1
      }
    }
    timers.push(setInterval(look, 400))
    endIn(patience, 'timeout', 'nobody answered')
    channel.onmessage = hear
    addEventListener('message', hear, over)
    addEventListener('focus', comeBack, over)
    signal?.addEventListener('abort', reject, over)
  }).finally(() => {
    over.abort()
    timers.forEach(clearTimeout)
    channel.close()
    popup?.close()
  })
}
