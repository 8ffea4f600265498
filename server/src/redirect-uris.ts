export type ClientType = 'web' | 'spa' | 'native' | 'machine'

const MAX_LENGTH = 2048

/** Why the URI may not be registered, as a sentence that says what to change; undefined when it may. */
export function redirectUriProblem(uri: string, clientType: ClientType): string | undefined {
  if (clientType === 'machine') return 'A machine app has no users to send back: leave this out.'
  if (uri.length > MAX_LENGTH) return `Use at most ${MAX_LENGTH} characters.`
  const [, problem] = WRITING.find(([pattern]) => pattern.test(uri)) ?? []
  if (problem) return problem
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(uri)?.[1]
  if (!scheme) return 'Write a whole URI that starts with a lower-case scheme, such as https://.'
  if (FORBIDDEN_SCHEMES.test(scheme)) return `${scheme}: can never be sent back to. Use https://.`
  const parts = split(uri)
  if (parts.authority.includes('@')) return 'Remove the user name or password before the host.'
  return (
    (scheme === 'https' || scheme === 'http'
      ? webProblem(uri, parts)
      : customProblem(uri, clientType)) ?? pathProblem(parts.path)
  )
}

/** Whether an authorization request may name the URI. It never throws: error handling asks again. */
export function redirectUriMatches(sent: string, registered: readonly string[]): boolean {
  if (registered.includes(sent)) return true
  const anyPort = withoutLoopbackPort(sent)
  return anyPort !== undefined && registered.some((uri) => withoutLoopbackPort(uri) === anyPort)
}

// RFC 8252 7.3. On the raw text: a URL parser would mend user names, backslashes and odd numbers.
function withoutLoopbackPort(uri: string): string | undefined {
  const match = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::([1-9]\d{0,4}))?((?:[/?].*)?)$/.exec(uri)
  if (!match || Number(match[2] ?? 80) > 65535) return undefined
  return `${match[1]}${match[3]}`
}

// What is wrong with the text itself, before anything is parsed.
const WRITING: [pattern: RegExp, problem: string][] = [
  [/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, 'Remove spaces and control characters.'],
  [
    /[^\x20-\x7e]/,
    'Write an international host name as punycode (xn--…) and percent-encode the rest.',
  ],
  [/\\/, 'Use / and not \\.'],
  [/#/, 'Remove the # and what follows: fragments are not allowed (RFC 6749 3.1.2).'],
  [/\*/, 'Wildcards are not supported: register each address in full.'],
  [/%(?![0-9a-f]{2})/i, 'Write a percent sign as %25.'],
  [/%(25)*([01][0-9a-f]|7f)/i, 'Remove percent-encoded control characters.'],
  [/["<>^`{|}]/, 'Percent-encode the characters " < > ^ ` { | }.'],
]

const FORBIDDEN_SCHEMES =
  /^(javascript|data|vbscript|file|filesystem|blob|about|intent|view-source|jar|ms-.*|wss?|ftp|mailto|urn)$/

function webProblem(uri: string, { scheme, authority, host, port }: Parts): string | undefined {
  if (!/^https?:\/\/[^/?]/.test(uri) || host === '' || !URL.canParse(uri)) {
    return 'Write a whole address with a valid host, such as https://app.example/callback.'
  }
  const parsed = new URL(uri).hostname
  // 0x7f.1, 127.1, %61.example: one host must have one spelling, or comparing text means nothing.
  if (host.toLowerCase() !== parsed) return `Write the host as ${parsed}.`
  if (host.endsWith('.')) return 'Remove the dot at the end of the host.'
  if (authority.endsWith(':') || port === '0' || /^0\d/.test(port))
    return 'Correct or remove the port.'
  if (scheme === 'http' && !isLoopback(parsed)) {
    return 'Use https. http is for this machine only: localhost, *.localhost, 127.0.0.1 or [::1].'
  }
  return undefined
}

function isLoopback(host: string): boolean {
  return /^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/.test(host)
}

// RFC 8252 7.1: a scheme under a domain that the developer owns is nobody else's.
function customProblem(uri: string, clientType: ClientType): string | undefined {
  if (clientType !== 'native')
    return 'Use https. Only an app of type native may use a scheme of its own.'
  if (!/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/.test(uri)) {
    return 'Use your domain in reverse as the scheme, such as com.example.app:/callback.'
  }
  return /^[^:]+:\/./.test(uri) ? undefined : 'Continue the scheme with a path, such as :/callback.'
}

function pathProblem(path: string): string | undefined {
  if (/%(25)*(2e|2f|5c)/i.test(path))
    return 'Write dots and slashes of the path plainly, not as %2e or %2f.'
  const dots = path.split('/').some((segment) => /^\.{1,2}(;.*)?$/.test(segment))
  return dots ? 'Remove the . and .. segments from the path.' : undefined
}

export type Difference =
  | 'scheme'
  | 'credentials'
  | 'host'
  | 'port'
  | 'path'
  | 'trailing-slash'
  | 'query'
  | 'fragment'
  | 'case'

/** The registered URI most like the one sent, for the error page; undefined when none is registered. */
export function nearestRedirectUri(
  sent: string,
  registered: readonly string[],
): { uri: string; differences: Difference[] } | undefined {
  const candidates = registered.map((uri) => ({ uri, differences: differences(sent, uri) }))
  const distance = (found: Difference[]) => found.reduce((sum, one) => sum + WEIGHT[one], 0)
  return candidates.sort((a, b) => distance(a.differences) - distance(b.differences))[0]
}

const WEIGHT: Record<Difference, number> = {
  case: 1,
  'trailing-slash': 1,
  port: 2,
  fragment: 2,
  query: 3,
  scheme: 3,
  credentials: 4,
  path: 6,
  host: 12,
}

function differences(sent: string, registered: string): Difference[] {
  const a = split(sent)
  const b = split(registered)
  const anyPort = withoutLoopbackPort(sent) && withoutLoopbackPort(registered)
  const parts = ['scheme', 'credentials', 'host', 'port', 'path', 'query', 'fragment'] as const
  const found = parts
    .filter((part) => a[part] !== b[part] && !(part === 'port' && anyPort))
    .map((part) => kindOf(part, a[part].toLowerCase(), b[part].toLowerCase()))
  return [...new Set(found)]
}

function kindOf(part: Difference, a: string, b: string): Difference {
  if (a === b) return 'case'
  return part === 'path' && a.replace(/\/$/, '') === b.replace(/\/$/, '') ? 'trailing-slash' : part
}

type Parts = Record<
  'scheme' | 'authority' | 'credentials' | 'host' | 'port' | 'path' | 'query' | 'fragment',
  string
>

// RFC 3986 appendix B, on the raw text, so that a difference shown is one that is really there.
function split(uri: string): Parts {
  const match = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(uri) ?? []
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = match
  const [, credentials = '', host = '', port = ''] =
    /^(?:(.*)@)?(.*?)(?::([^:\]]*))?$/s.exec(authority) ?? []
  return { scheme, authority, credentials, host, port, path, query, fragment }
}
