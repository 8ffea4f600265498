/** What a consent page asks and what a yes to it grants. Pure: no request, no database. */
export interface Question {
  /** Who the person is, one locked line (contract, section 4). */
  identity: string[]
  /** Part of the whole: granted by the yes itself. */
  required: string[]
  /** The person may untick these. */
  optional: string[]
}

export interface Asked {
  requested: string[]
  granted: string[]
  /** What the app is registered for now; it may be less than at the time of the request. */
  allowed: (scope: string) => boolean
  optional: string[]
  isIdentity: (scope: string) => boolean
  /** prompt=consent: everything is asked again. */
  askAgain: boolean
}

/** Only what is missing is asked; with prompt=consent all of the request. */
export function questionFor(asked: Asked): Question {
  const shown = [...new Set(asked.requested)].filter(
    (scope) => asked.allowed(scope) && (asked.askAgain || !asked.granted.includes(scope)),
  )
  const rest = shown.filter((scope) => !asked.isIdentity(scope))
  return {
    identity: shown.filter(asked.isIdentity),
    required: rest.filter((scope) => !asked.optional.includes(scope)),
    optional: rest.filter((scope) => asked.optional.includes(scope)),
  }
}

/** What a yes grants by itself, without any box. */
export const wholeOf = ({ identity, required }: Question): string[] => [...identity, ...required]

/** An app that was changed while the page stood open would get more than the person saw (A89). */
export function wasShown(question: Question, shown: string[]): boolean {
  return wholeOf(question).every((scope) => shown.includes(scope))
}

export interface Answer {
  grant: string[]
  /** Shown, granted before, and unticked now. */
  withdraw: string[]
}

/** Granted is exactly what was shown and, where there was a box, ticked (A89). */
export function answerTo(question: Question, ticked: string[]): Answer {
  return {
    grant: [...wholeOf(question), ...question.optional.filter((scope) => ticked.includes(scope))],
    withdraw: question.optional.filter((scope) => !ticked.includes(scope)),
  }
}
