import { type Browser, Browser as NewBrowser } from './browser.ts'
import type { Answer, Connection, Request } from './connection.ts'
import { app, challenge, emailOf, machine, password, verifier } from './world.ts'

const basic = ({ clientId, secret }: { clientId: string; secret: string }) => ({
  authorization: `Basic ${btoa(`${clientId}:${secret}`)}`,
  'content-type': 'application/x-www-form-urlencoded',
})
const appHeaders = basic(app)
const machineHeaders = basic(machine)

const post = (path: string, headers: Record<string, string>, body: string): Request => ({
  method: 'POST',
  path,
  headers,
  body,
})

const fixed = new URLSearchParams({
  grant_type: 'authorization_code',
  redirect_uri: app.redirectUri,
  code_verifier: verifier,
})

export const exchangeOf = (code: string): Request =>
  post('/api/oauth/token', appHeaders, `${fixed}&code=${code}`)

export const refreshOf = (token: string): Request =>
  post('/api/oauth/token', appHeaders, `grant_type=refresh_token&refresh_token=${token}`)

export const introspectionOf = (token: string): Request =>
  post('/api/oauth/introspect', appHeaders, `token=${token}`)

export const clientCredentials: Request = post(
  '/api/oauth/token',
  machineHeaders,
  `grant_type=client_credentials&scope=${machine.scope}`,
)

const authorizePath = (params: Record<string, string> = {}): string =>
  `/auth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: app.redirectUri,
    scope: app.scope,
    state: 'bench',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...params,
  })}`

const authorization = authorizePath()

export const authorizeWith = (cookie: string): Request => ({
  method: 'GET',
  path: authorization,
  headers: { cookie, accept: 'text/html' },
})

/** Log-in page, password, consent page, yes: the code, and the browser that is now signed in. */
export async function signIn(
  connection: Connection,
  origin: string,
  person: number,
): Promise<{ browser: Browser; code: string }> {
  const browser = new NewBrowser(connection, origin)
  // Asked again each time, so that one person can sign in for as long as it takes.
  let page = await browser.go(authorizePath({ prompt: 'consent' }))
  page = await browser.submit(page, { email: emailOf(person), password })
  page = await browser.submit(page, { decision: 'approve' })
  const code = new URL(page.url).searchParams.get('code')
  if (!code) throw new Error(`the sign-in ended without a code at ${page.url}`)
  return { browser, code }
}

/** The answer's JSON; anything but the expected status is a failure of the operation. */
export function bodyOf(answer: Answer): Record<string, unknown> {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body.slice(0, 200)}`)
  return JSON.parse(answer.body)
}
