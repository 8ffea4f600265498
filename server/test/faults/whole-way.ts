import { type Page, Visitor } from '../visitor.ts'
import { type Grantee, redirectUri, sha256, verifier } from './grants.ts'
import type { Installation } from './installation.ts'
import type { Person } from './race-forms.ts'

/** Codes by the pages: signs in, says yes, and asks again and again. */
export async function codesByPages(
  place: Installation,
  client: Grantee,
  person: Person,
  count: number,
): Promise<string[]> {
  const browser = browserOf(place.issuer, client, person)
  const codes: string[] = []
  while (codes.length < count) codes.push(await browser.code())
  return codes
}

/** A person's browser, which keeps its session. */
export function browserOf(origin: string, client: Grantee, { email, password }: Person) {
  const visitor = new Visitor(origin)
  return {
    /** Signs in and says yes where that is asked. Another node knows the session as well. */
    async code(node = origin): Promise<string> {
      let page = await visitor.go(node + authorizePath(client))
      if (has(page, 'password')) page = await visitor.submit(page, { email, password })
      if (has(page, 'decision')) page = await visitor.submit(page, { decision: 'approve' })
      const code = new URL(page.url).searchParams.get('code')
      if (!code) throw new Error(`no code at ${page.url}: ${page.text.slice(0, 2000)}`)
      return code
    },
  }
}

const has = ({ html }: Page, name: string) => html.querySelector(`[name="${name}"]`) !== null

function authorizePath({ clientId }: Grantee): string {
  return `/auth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'IDENTITY',
    state: 'x',
    code_challenge: sha256(verifier).toString('base64url'),
    code_challenge_method: 'S256',
  })}`
}
