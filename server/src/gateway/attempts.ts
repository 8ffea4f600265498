import type { Context } from 'koa'
import { networkOf } from '#web/network.ts'
import { type Credential, notValid } from './credential.ts'
import { ApiError } from './errors.ts'
import { limitHeaders, rules, type TakeCall, tooManyFailures } from './limits.ts'
import type { Presented } from './presented.ts'

interface AttemptsParts {
  /** Counts that every node shares. */
  takeCall: TakeCall
  /** This node's own, which cost no question to a store. */
  takeHere: TakeCall
  /** By its looks alone. */
  mayExist(presented: Presented): boolean
}

const mostBlocked = 10_000

/**
 * Counts who comes with which credential and who fails (external-api.md 6). A good credential passes
 * however many others fail beside it. What cannot be a credential by its looks is counted and
 * refused without any store; what might be one is counted by the other nodes as well. Who failed
 * with the same credential for long is not even looked up for the rest of the minute.
 */
export function attempts({ takeCall, takeHere, mayExist }: AttemptsParts) {
  const blocked = new Map<string, number>()

  async function failed(ctx: Context, whom: string | undefined, isShared: boolean): Promise<void> {
    if (whom !== undefined) {
      await takeHere(rules.failedKey, whom).catch((refusal) => {
        if (blocked.size >= mostBlocked) blocked.clear()
        blocked.set(whom, minuteEnd())
        throw refusal
      })
      await takeHere(rules.failed, networkOf(ctx.ip))
    }
    const network = networkOf(ctx.ip)
    const here = await takeHere(rules.anonymous, network)
    ctx.set(limitHeaders(isShared ? await takeCall(rules.anonymous, network) : here))
  }

  function checkBlocked(whom: string): void {
    const until = blocked.get(whom)
    if (until === undefined) return
    const seconds = Math.ceil((until - Date.now()) / 1000)
    if (seconds > 0) throw tooManyFailures(rules.failedKey, seconds)
    blocked.delete(whom)
  }

  return async (
    ctx: Context,
    read: () => Presented,
    find: (presented: Presented) => Promise<Credential>,
  ): Promise<Credential> => {
    let whom: string | undefined
    let isShared = false
    try {
      const presented = read()
      whom = `${networkOf(ctx.ip)} ${headOf(presented.value)}`
      if (blocked.size > 0) checkBlocked(whom)
      if (!mayExist(presented)) throw notValid(presented)
      isShared = true
      await takeCall(rules.presented, whom)
      return await find(presented)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) await failed(ctx, whom, isShared)
      throw error
    }
  }
}

const minuteEnd = () => (Math.floor(Date.now() / 60_000) + 1) * 60_000

/** Enough to tell two that somebody tries apart, and never so much that the rest could be guessed. */
const headOf = (value: string) => value.slice(0, Math.min(24, value.length / 2))
