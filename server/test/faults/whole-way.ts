import { Visitor } from '../visitor.ts'
import { type Grantee, redirectUri, sha256, verifier } from './grants.ts'
import type { Installation } from './installation.ts'
import type { Person } from './race-forms.ts'

/** Codes by the pages: signs in, says yes, and asks again and again. */
export async function codesByPages(
  place: Installation,
  client: Grantee,
  { email, password }: Person,
  count: number,
): Promise<string[]> {
  const visitor = new Visitor(place.issuer)
  const login = await visitor.go(authorizePath(client))
  const consent = await visitor.submit(login, { email, password })
  let page = await visitor.submit(consent, { decision: 'approve' })
  const codes: string[] = []
  while (codes.length < count) {
    const code = new URL(page.url).searchParams.get('code')
    if (!code) throw new Error(`no code at ${page.url}: ${page.text.slice(0, 2000)}`)
    codes.push(code)
    page = await visitor.go(authorizePath(client))
  }
  return codes
}

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
