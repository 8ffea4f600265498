import { setTimeout as sleep } from 'node:timers/promises'
import { type Grantee, issueCodes } from './grants.ts'
import type { Installation } from './installation.ts'
import type { Answer, Witness } from './witness.ts'

export interface Load {
  /** Ends it; what is under way finishes. */
  stop(): Promise<void>
}

const clients = 6
/** Long enough that a client which is refused does not become a flood. */
const pauseMs = 50

/**
 * Clients that exchange a code, look at the access token, refresh and begin again. What is refused
 * with 503, or broken off, they send once more, as a good client does, until it is answered.
 */
export async function startLoad(
  place: Installation,
  client: Grantee,
  witness: Witness,
  most = 2000,
): Promise<Load> {
  // More than can be used: none is added while the database is away.
  const codes = await issueCodes(place.db, client, most)
  let isOver = false
  let turn = 0
  const node = () => place.urls[turn++ % place.urls.length] ?? ''
  const insistent = async (send: () => Promise<Answer | undefined>) => {
    for (;;) {
      const answer = await send()
      if (isOver || (answer && answer.status !== 503)) return answer
      await sleep(pauseMs)
    }
  }

  async function life(code: string): Promise<void> {
    const exchanged = await insistent(() => witness.exchange(node(), client, code))
    const { access_token, refresh_token } = exchanged?.body ?? {}
    if (exchanged?.status !== 200) return
    await witness.introspect(node(), client, access_token)
    await insistent(() => witness.refresh(node(), client, refresh_token))
  }

  const running = Array.from({ length: clients }, async () => {
    while (!isOver) {
      const code = codes.pop()
      if (!code) throw new Error('the load ran out of codes')
      await life(code)
      await sleep(pauseMs / 5)
    }
  })
  return {
    async stop() {
      isOver = true
      await Promise.all(running)
    },
  }
}

/** How often clients were told to come again, since a moment. */
export const refusals = ({ attempts }: Witness, since = 0): number =>
  attempts.filter(({ endedAt, answer }) => endedAt >= since && answer?.status === 503).length

export const successes = ({ attempts }: Witness, since = 0): number =>
  attempts.filter(({ startedAt, answer }) => startedAt >= since && answer?.status === 200).length

/** The longest that an answer took which was given since a moment. */
export const longest = ({ attempts }: Witness, since = 0): number =>
  Math.max(
    0,
    ...attempts
      .filter(({ endedAt }) => endedAt >= since)
      .map(({ startedAt, endedAt }) => endedAt - startedAt),
  )
