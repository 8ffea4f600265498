import { getJson } from './fetched.ts'
import { verifiedClaims } from './id-token.ts'
import { codeIn, type Transaction } from './transaction.ts'
import type { SignInResult, Tokens, Via } from './types.ts'

/** From the answer to who signed in, or to what the site's backend needs to find out. */
export async function redeem(
  answer: URLSearchParams,
  transaction: Transaction,
  via: Via,
): Promise<SignInResult> {
  const code = codeIn(answer, transaction)
  const { issuer: iss, verifier: code_verifier, asked, type } = transaction
  const { state, nonce, redirect_uri, client_id, scope } = asked
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
