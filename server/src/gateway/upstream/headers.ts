import type { IncomingHttpHeaders } from 'node:http'

/**
 * What of a request goes on to the platform: named one by one, so that neither a credential, nor a
 * cookie, nor anything that looks like the word of a proxy or of this gateway (A170, A171) can.
 */
const forwarded = [
  ...['accept', 'accept-encoding', 'accept-language', 'user-agent'],
  ...['content-type', 'content-length', 'content-encoding', 'content-disposition'],
  ...['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'],
  ...[
    'cache-control',
    'idempotency-key',
    'x-team-id',
    'last-event-id',
    'traceparent',
    'tracestate',
  ],
  ...['mcp-protocol-version', 'mcp-session-id'],
]

export function requestHeaders(
  sent: IncomingHttpHeaders,
  { added, hasBody }: { added: Record<string, string>; hasBody: boolean },
): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of forwarded) {
    const value = sent[name]
    const goes = value !== undefined && (hasBody || !name.startsWith('content-'))
    if (goes) headers[name] = String(value)
  }
  return { ...headers, ...added }
}

/** RFC 9110 7.6.1, and what only this server may say to a client (A172). */
const kept = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'set-cookie', 'server', 'x-powered-by', 'via', 'alt-svc'],
  ...['www-authenticate', 'strict-transport-security', 'clear-site-data', 'set-login'],
  ...['content-security-policy', 'x-frame-options', 'x-content-type-options', 'referrer-policy'],
  ...['permissions-policy', 'cache-control', 'pragma', 'expires', 'age', 'vary', 'x-request-id'],
  // What speaks to a proxy or to the browser about this whole site.
  ...['refresh', 'nel', 'report-to', 'reporting-endpoints', 'service-worker-allowed'],
  ...['speculation-rules', 'origin-agent-cluster', 'accept-ch', 'surrogate-control'],
])

const isKept = (name: string) =>
  kept.has(name) || /^(access-control-|cross-origin-|x-accel-|x-autogpt-|x-ratelimit-)/.test(name)

/** The headers of the platform's answer that go on, one by one. */
export function* answerHeaders(
  answered: Record<string, string | string[] | undefined>,
): Generator<[name: string, value: string | string[]]> {
  const named = String(answered.connection ?? '')
    .toLowerCase()
    .split(/\s*,\s*/)
  for (const name of Object.keys(answered)) {
    const value = answered[name]
    if (value !== undefined && !isKept(name) && !named.includes(name)) yield [name, value]
  }
}

/**
 * A redirect of the platform as the outside may follow it: its own addresses become ours, another
 * public https site (a file store) is let through, and anything else (A172: an internal host) is
 * undefined.
 */
export function outwardLocation(
  location: string,
  { asked, platform, issuer }: { asked: URL; platform: URL; issuer: string },
): string | undefined {
  if (!URL.canParse(location, asked)) return undefined
  const url = new URL(location, asked)
  if (url.origin === platform.origin) {
    const base = platform.pathname.replace(/\/$/, '')
    const path = url.pathname.slice(base.length)
    if (!url.pathname.startsWith(base) || !path.startsWith('/external-api/')) return undefined
    return issuer + path + url.search
  }
  const isPublic = url.protocol === 'https:' && /\.[a-z][a-z0-9-]+$/i.test(url.hostname)
  return isPublic && !/\.(local|internal|localhost)$/i.test(url.hostname) ? url.href : undefined
}
