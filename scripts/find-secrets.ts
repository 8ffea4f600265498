export interface Found {
  what: string
  line: string
}

const looks: [what: string, pattern: RegExp][] = [
  ['a token or secret', /\bagpt_(?!client_)[\w-]{20,}/],
  ['a signed token', /\beyJ[\w-]{10,}\.[\w-]{10,}/],
  ['an e-mail address', /[\w.+-]+@[\w-]+\.[\w.-]*\w/],
]

/** The secrets in a log, and whatever looks like one. Its cost does not grow with their number. */
export function findSecrets(log: string, secrets: Iterable<string>): Found[] {
  const known = index(secrets)
  return log.split('\n').flatMap((line) => {
    // Numbers of the logger's own, which may look like a mailed code.
    const text = line.replace(/"(time|pid)":\d+,/g, '')
    const found = [...known.within(text), ...looks.filter(([, look]) => look.test(text)).map(first)]
    return found.map((what) => ({ what, line }))
  })
}

const first = ([what]: [string, RegExp]) => what

/** By their first letters: one look-up for each place of the text. */
const startLength = 6

function index(secrets: Iterable<string>) {
  const byStart = new Map<string, string[]>()
  for (const secret of secrets) {
    for (const spelling of new Set([secret, encodeURIComponent(secret), inJson(secret)])) {
      const start = spelling.slice(0, startLength)
      byStart.set(start, [...(byStart.get(start) ?? []), spelling])
    }
  }
  return {
    within(text: string): string[] {
      const found: string[] = []
      for (let at = 0; at <= text.length - startLength; at++) {
        const candidates = byStart.get(text.slice(at, at + startLength)) ?? []
        const secret = candidates.find((candidate) => text.startsWith(candidate, at))
        if (secret && isWhole(text, at, secret)) found.push(`"${secret.slice(0, 12)}…"`)
      }
      return found
    },
  }
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1)

/** Six digits within a longer number or an id are none. */
function isWhole(text: string, at: number, secret: string): boolean {
  if (!/^\d+$/.test(secret)) return true
  const [before, after] = [text.slice(0, at), text.slice(at + secret.length)]
  return !/(\w|\w[.-])$/.test(before.slice(-2)) && !/^(\w|[.-]\w)/.test(after)
}
