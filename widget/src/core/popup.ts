import { fail, SignInError } from './errors.ts'

const patience = 600_000
/** Nobody closes a window as fast as its opener is cut off by Cross-Origin-Opener-Policy. */
const severedWithin = 1_500
const backFor = 3_000

/**
 * Opens the window and waits for its answer, on both ways: a BroadcastChannel is all that is left
 * under COOP, and postMessage all that crosses the partitions of frames. The window's own word that
 * it is closed is false where COOP cut it off; there, who is back on the page for a while closed it.
 */
export async function inPopup(
  url: string,
  state: string,
  signal?: AbortSignal,
): Promise<URLSearchParams> {
  const popup =
    open(url, state, `popup,width=480,height=720,left=${screenX + outerWidth / 2 - 240}`) ??
    fail('popup_blocked', 'no window could be opened')
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(state)
    const over = new AbortController()
    const began = Date.now()
    let isSevered = false
    let away = began
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
      isSevered ||= popup.closed && now - began < severedWithin
      if (isSevered ? !document.hasFocus() : !popup.closed) away = now
      // The last word of a window may still be on its way.
      if (now - away > (isSevered ? backFor : severedWithin)) {
        stop(new SignInError('cancelled', 'the window was closed'))
      }
      if (now - began > patience) stop(new SignInError('timeout', 'nobody answered'))
    }, 400)
    over.signal.onabort = () => {
      clearInterval(timer)
      channel.close()
      popup.close()
    }
    channel.onmessage = hear
    addEventListener('message', hear, over)
    signal?.addEventListener('abort', stop, over)
  })
}
