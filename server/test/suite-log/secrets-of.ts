/** What of one exchange with a server must never stand in its log. */
export interface Exchange {
  url: string
  requestHeaders?: Headers
  requestBody?: string
  responseHeaders?: Headers
  responseBody?: string
}

const secretNames =
  /password|secret|token|code|verifier|assertion|hint|csrf|^(key|t|email|state|nonce)$/
const publicNames = /_(type|type_hint|method|challenge|at|in|uri|id)$/

/** Fields by their names, credentials and cookies whole, tokens by their looks. */
export function secretsOf(exchange: Exchange): string[] {
  const { url, requestHeaders, requestBody = '', responseHeaders, responseBody = '' } = exchange
  const found = [
    ...fieldsOfAddress(url),
    ...fieldsOfBody(requestBody),
    ...fieldsOfBody(responseBody),
    ...fieldsOfAddress(responseHeaders?.get('location') ?? ''),
    ...cookieValues(requestHeaders?.get('cookie')?.split('; ') ?? []),
    ...cookieValues(responseHeaders?.getSetCookie() ?? []),
    ...credentials(requestHeaders?.get('authorization') ?? ''),
    ...(responseBody.match(/\bagpt_(?!client_)[\w-]{20,}|\beyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? []),
  ]
  return found.filter(isWorthFinding)
}

/** Words such as "password" stand in addresses and names of errors; six digits are a mailed code. */
export function isWorthFinding(secret: string): boolean {
  return /^\d{6}$/.test(secret) || (secret.length >= 8 && !/^[a-z_.-]{1,16}$/.test(secret))
}

function fieldsOfAddress(address: string): string[] {
  const url = URL.parse(address, 'http://localhost')
  if (!url) return []
  // The id of a request that waits for a person: with the cookie it is enough to go on.
  const ids = /\/(?:interaction|authorize|check-mail)\/([\w-]{16,})/.exec(url.pathname)
  return [...fields(url.searchParams), ...(ids?.[1] ? [ids[1]] : [])]
}

function fieldsOfBody(text: string): string[] {
  if (text === '' || text.startsWith('<')) return []
  if (/^[[{]/.test(text)) return fieldsOfJson(parsed(text))
  return /^[\w.-]+=/.test(text) ? fields(new URLSearchParams(text)) : []
}

const fields = (params: Iterable<[string, string]>) =>
  [...params].filter(([name]) => isSecretName(name)).map(([, value]) => value)

const isSecretName = (name: string) => secretNames.test(name) && !publicNames.test(name)

function fieldsOfJson(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return isSecretName(name) ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item) => fieldsOfJson(item, name))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => fieldsOfJson(item, key))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const cookieValues = (pairs: string[]) =>
  pairs.map((pair) => /^[^=]+=([^;]{16,})/.exec(pair)?.[1] ?? '')

function credentials(authorization: string): string[] {
  const [scheme = '', value = ''] = authorization.split(/ +/)
  if (!/^basic$/i.test(scheme)) return [value]
  const [, secret = ''] = Buffer.from(value, 'base64').toString().split(':')
  return [value, secret]
}
