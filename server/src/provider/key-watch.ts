import type { KeyRing } from './key-ring.ts'
import { keyRefreshInterval } from './key-schedule.ts'

interface Watched {
  ring: KeyRing
  log: { warn(fields: object, message: string): void }
}

/** Keeps the ring up to date until the returned function is called. */
export function watchKeys({ ring, log }: Watched, interval = keyRefreshInterval): () => void {
  let failing = false
  let timer = setTimeout(look, interval).unref()
  let stopped = false
  async function look(): Promise<void> {
    try {
      await ring.refresh()
      failing = false
    } catch (err) {
      // Once for each outage: until it ends nothing can be issued that would need a newer key.
      if (!failing) log.warn({ err }, 'the signing keys could not be looked at')
      failing = true
    }
    if (!stopped) timer = setTimeout(look, interval).unref()
  }
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
