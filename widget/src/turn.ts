import { fail } from './core/errors.ts'

interface Turn extends AbortController {
  owner: object
  /** To a click: asked by the page, or asking for another click. */
  givesWay: boolean | undefined
}

// A second window would take the first one's place, so a page has one turn, whoever's it is.
let current: Turn | undefined

/** A quiet attempt gives way to a click; beside a click nothing else has a turn. */
export async function inTurn<T>(
  owner: object,
  passive: boolean | undefined,
  work: (turn: Turn) => Promise<T>,
): Promise<T> {
  if (current && (passive || !current.givesWay)) fail('busy', 'another attempt is under way')
  current?.abort()
  const turn = Object.assign(new AbortController(), { owner, givesWay: passive })
  current = turn
  // Back on a page that the browser kept: what was under way when it was left is not any more.
  addEventListener('pageshow', ({ persisted }) => persisted && turn.abort(), turn)
  try {
    return await work(turn)
  } finally {
    if (current === turn) current = undefined
  }
}

/** Ends the owner's attempt; false where it has none. */
export function abortTurn(owner: object): boolean {
  const isOurs = current?.owner === owner
  if (isOurs) current?.abort()
  return isOurs
}
