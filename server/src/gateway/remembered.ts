/** Milliseconds for which a node may still let through what another one has taken away. */
const longest = 1_000
const most = 20_000

/** An answer that is good for so many seconds, as the database counts them. */
interface Lasting {
  secondsLeft: number
}

/**
 * Remembers who is good, for a second at most and never beyond its own end, so that a busy caller
 * does not cost a question for each call. Who is refused is not remembered, and no secret is kept.
 * forget() is for whoever may have taken something away: what is being asked at that moment is not
 * remembered either.
 */
export function remembered<Answer extends Lasting>(
  ask: (secret: string) => Promise<Answer | undefined>,
  hashOf: (secret: string) => string,
  clock: () => number = () => performance.now(),
) {
  let known = new Map<string, { answer: Answer; until: number }>()
  let over = 0

  const forget = () => {
    known = new Map()
  }
  return {
    async find(secret: string): Promise<Answer | undefined> {
      const key = hashOf(secret)
      const now = clock()
      if (now >= over || known.size >= most) {
        forget()
        over = now + longest
      }
      // An answer that comes after forget() goes where nobody looks any more.
      const mine = known
      const kept = mine.get(key)
      if (kept && now < kept.until) return kept.answer
      const answer = await ask(secret)
      if (answer) mine.set(key, { answer, until: now + answer.secondsLeft * 1000 })
      return answer
    },
    forget,
  }
}
