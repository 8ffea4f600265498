import { networkOf } from '#web/network.ts'
import type { Limit, Throttle } from './throttle.ts'

interface Attempt {
  emailKey: string
  ip: string
  /** Of a browser that has signed in to the account before. */
  device: string | undefined
}

/** Seconds to wait, or what to call when the password was right. */
export type Admission = { wait: number } | { wait?: never; succeeded(): Promise<void> }

/**
 * Counts a sign-in before its password is looked at, so that guesses sent at the same time count
 * too. The order matters: a pair that is blocked uses up nothing of what others share, so one
 * network alone never exhausts the account's counter.
 */
export async function admit(throttle: Throttle, attempt: Attempt): Promise<Admission> {
  const counters = countersOf(attempt)
  for (const [limit, key] of counters) {
    const wait = await throttle.take(limit, key)
    if (wait !== undefined) return { wait }
  }
  return {
    async succeeded() {
      for (const [limit, key] of counters) {
        if (limit === 'login_burst') continue
        // What is shared takes back only this one: a right password clears no guesses at others.
        const own = limit === 'login_pair' || limit === 'login_device'
        await (own ? throttle.forget(limit, key) : throttle.giveBack(limit, key))
      }
    },
  }
}

function countersOf({ emailKey, ip, device }: Attempt): [Limit, string][] {
  const network = networkOf(ip)
  if (device) {
    const browser = `${emailKey} ${device}`
    return [
      ['login_burst', browser],
      ['login_device', browser],
    ]
  }
  const pair = `${emailKey} ${network}`
  return [
    ['login_burst', pair],
    ['login_pair', pair],
    ['login_network', network],
    ['login_account', emailKey],
  ]
}
