import { fail, failAs } from './errors.ts'
import { getJson } from './fetched.ts'
import { verifiedClaims } from './id-token.ts'
import type { Answer, Transaction } from './transaction.ts'
import type { SignInResult, Tokens } from './types.ts'

/** From the answer to who signed in, or to what the site's backend needs to find out. */
export async function redeem(answer: Answer, transaction: Transaction): Promise<SignInResult> {
  const { state, iss, code } = answer
  const { issuer, verifier: code_verifier, asked, type, via } = transaction
  // Only the answer to this request counts (RFC 6749 10.12, RFC 9207 2.4).
  if (state !== asked?.state) fail('state_mismatch', 'nobody asked for it')
  if (iss !== issuer) fail('issuer_mismatch', `${iss} answered`)
  const { nonce, redirect_uri, client_id, scope } = asked
  if (!code) failAs(answer)
  if (type === 'code') {
    return {
      status: type,
      via,
      code,
      state,
      codeVerifier: code_verifier,
      redirectUri: redirect_uri,
      nonce,
      iss,
    }
  }
  const grant_type = 'authorization_code'
  const body = new URLSearchParams({ grant_type, client_id, code, redirect_uri, code_verifier })
  const answered = await getJson(`${iss}/api/oauth/token`, { method: 'POST', body })
  const tokens = answered as unknown as Tokens
  const claims = await verifiedClaims(tokens, transaction)
  const grantedScopes = (tokens.scope ?? scope).split(' ')
  return { status: 'signed-in', via, tokens, claims, grantedScopes }
}
