const hex = (byte: number) => byte.toString(16).padStart(2, '0')
const escaped = (char: string) => `%${hex(char.charCodeAt(0))}`

type Trick = (target: string, place: number) => string

/** Puts something in the place of one character. */
const instead =
  (change: (char: string) => string): Trick =>
  (target, place) => {
    const index = place % Math.max(1, target.length)
    return target.slice(0, index) + change(target[index] ?? '') + target.slice(index + 1)
  }

/** Puts something in the place of one slash. */
const between =
  (...marks: string[]): Trick =>
  (target, place) => {
    const parts = target.split('/')
    const index = 1 + (place % Math.max(1, parts.length - 1))
    const mark = marks[place % marks.length]
    return `${parts.slice(0, index).join('/')}${mark}${parts.slice(index).join('/')}`
  }

const after =
  (...ends: string[]): Trick =>
  (target, place) =>
    target + ends[place % ends.length]

const withQuery =
  (...queries: string[]): Trick =>
  (target, place) =>
    `${target}${target.includes('?') ? '&' : '?'}${queries[place % queries.length]}`

const elsewhere =
  (part: string | RegExp, ...others: string[]): Trick =>
  (target, place) =>
    target.replace(part, others[place % others.length] ?? '')

/** Each spells a target in another way: some mean the same, some mean something else to somebody. */
export const tricks: Trick[] = [
  instead(escaped),
  // /runs/%72eviews is a run to one, and the reviews to another.
  (target, place) => target.replace(/\w(?=\w{0,8}$)/, (char) => instead(escaped)(char, place)),
  instead((char) => escaped(char).toUpperCase()),
  instead((char) => `%25${escaped(char).slice(1)}`),
  // Overlong UTF-8, the escapes of old IIS, Latin-1, other letter case
  instead((char) => `%c1%${hex(0x80 + (char.charCodeAt(0) & 63))}`),
  instead((char) => `%u00${hex(char.charCodeAt(0))}`),
  instead((char) => String.fromCharCode(char.charCodeAt(0) + 0x80)),
  instead((char) => char.toUpperCase()),
  between('//', '/./', '/x/../', '/%2e%2e/', '/.%2E/', '/%2e/'),
  between('\\', '%2f', '%2F', '%5C', '%252f', '%c0%af'),
  between(';x=1/', '/;/', '/.;/', '/..;/', '/%3b/'),
  between(`/${'x'.repeat(4000)}/../`),
  after('/', '//', '/.', '/..', '%20', '%00', ';a=b', '.json', '%09', '%0d%0aX: 1', '\\'),
  after('#', '#/../../credits', '%23', '%3Fx', '?', '??', '?/../me', '?x=%', '?a=1#b'),
  after('/x'.repeat(2000), `?x=${'x'.repeat(9000)}`),
  withQuery('_method=DELETE', 'access_token=x', 'method=PUT'),
  withQuery(
    ...['LIBRARY_AGENT', '%4cIBRARY_AGENT', 'WORKSPACE_FILE', 'BLOCK'].map(
      (type) => `content_types=${type}`,
    ),
    'content%5ftypes=WORKSPACE_FILE',
    'content_types=BLOCK&content_types=LIBRARY_AGENT',
  ),
  elsewhere(/^/, 'http://localhost', 'https://user@127.0.0.1:1', 'http://a:b:c', '//localhost'),
  elsewhere(/v[12]/, 'v1', 'v2', 'V2', 'v2/../v1', 'v3', ''),
  elsewhere('/external-api', '', '//external-api', '/External-Api', '/%65xternal-api', '/api'),
]
