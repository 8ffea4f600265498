import { fail, SignInError } from './errors.ts'
import type { SignInContext } from './types.ts'

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
export async function inPopup(
  url: string,
  state: string,
  { signal, onFallback }: SignInContext,
): Promise<URLSearchParams> {
  const popup =
    open(url, state, `popup,width=480,height=720,left=${screenX + outerWidth / 2 - 240}`) ??
    fail('popup_blocked', 'not in a click, or blocked')
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(state)
    const over = new AbortController()
    const began = Date.now()
    let away = began
    let seen = 0
    const stop = (error: unknown) => {
      over.abort()
      reject(error)
    }
    const hear = ({ origin, data }: MessageEvent<{ autogpt?: string } | null>) => {
      const answer = new URLSearchParams(data?.autogpt)
      if (origin === location.origin && answer.get('state') === state) {
        over.abort()
        resolve(answer)
      }
    }
    const timer = setInterval(() => {
      const now = Date.now()
      if (!popup.closed) {
        seen += 1
        try {
          if (popup.location.href === 'about:blank') seen = 0
        } catch {
          // A page of the server's, which is none of this one's business.
        }
      }
      if (!popup.closed || seen <= often) away = now
      if (now - away > lastWord) stop(new SignInError('cancelled', 'the window was closed'))
      if (now - began > patience) stop(new SignInError('timeout', 'nobody answered'))
    }, 400)
    const comeBack = () => {
      if (popup.closed && seen <= often) {
        onFallback?.({ from: 'popup', to: 'ask', reason: 'cut off by COOP' })
      }
    }
    over.signal.onabort = () => {
      clearInterval(timer)
      channel.close()
      popup.close()
    }
    channel.onmessage = hear
    addEventListener('message', hear, over)
    addEventListener('focus', comeBack, over)
    signal?.addEventListener('abort', stop, over)
  })
}
