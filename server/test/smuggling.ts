/** What follows the head of a request to /graphs, for two servers that may count it differently. */
export interface Smuggling {
  what: string
  /** Lines of the head. */
  head: readonly string[]
  /** What comes before the smuggled request. */
  before: readonly string[]
}

// A169
export const smugglings: Smuggling[] = [
  {
    what: 'two lengths',
    head: ['Content-Length: 4', 'Transfer-Encoding: chunked'],
    before: ['0', ''],
  },
  { what: 'an unknown coding', head: ['Transfer-Encoding: xchunked'], before: ['0', ''] },
  {
    what: 'a coding after chunked',
    head: ['Transfer-Encoding: chunked, identity'],
    before: ['0', ''],
  },
  {
    what: 'a coding twice',
    head: ['Transfer-Encoding: chunked', 'Transfer-Encoding: cow', 'Content-Length: 4'],
    before: ['0', ''],
  },
  { what: 'a space before the colon', head: ['Transfer-Encoding : chunked'], before: ['0', ''] },
  { what: 'a length twice', head: ['Content-Length: 2', 'Content-Length: 60'], before: ['{}'] },
  { what: 'a length with a sign', head: ['Content-Length: +2'], before: ['{}'] },
  { what: 'a length that is none', head: ['Content-Length: 2x'], before: ['{}'] },
  {
    what: 'a folded header',
    head: ['X-Folded: a', ' b', 'Content-Length: 2'],
    before: ['{}'],
  },
  {
    what: 'a folded coding',
    head: ['Content-Length: 4', 'Transfer-Encoding:', ' chunked'],
    before: ['0', ''],
  },
  {
    what: 'a bare line feed',
    head: ['X-A: b\nTransfer-Encoding: chunked'],
    before: ['0', ''],
  },
  { what: 'a NUL in a header', head: ['X-A: b\0c', 'Content-Length: 2'], before: ['{}'] },
  {
    what: 'a chunk of no size',
    head: ['Transfer-Encoding: chunked'],
    before: ['zz', '{}', '0', ''],
  },
]
