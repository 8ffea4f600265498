import { createHash } from 'node:crypto'
import type { RequestNotes } from './request-notes.ts'

/**
 * What a JSON error of the OAuth endpoints may contain, and nothing else: RFC 6749 5.2, `scope` of
 * RFC 6750 3, and `detail` with the description's text, which apps written for AutoGPT read.
 */
export interface WireError {
  error: string
  error_description?: string
  detail?: string
  scope?: string
}

export function wireError(
  body: Record<string, unknown>,
  notes: RequestNotes,
  form: TokenForm,
): WireError {
  const { error, description } = explain(String(body.error), notes, form)
  const text = description ?? (body.error_description as string | undefined)
  const scope = typeof body.scope === 'string' ? body.scope : undefined
  const named = text && scope && !text.includes(scope) ? `${text}: ${scope}` : text
  return {
    error,
    ...(named ? { error_description: named, detail: named } : {}),
    ...(scope ? { scope } : {}),
  }
}

export interface TokenForm {
  grantType?: string | undefined
  codeVerifier?: string | undefined
}

type Explanation = { error: string; description?: string }

/** The library says invalid_grant for everything; its own detail says what the client can mend. */
function explain(error: string, notes: RequestNotes, form: TokenForm): Explanation {
  const detail = notes.error?.error_detail ?? ''
  const description =
    notes.error && 'error_description' in notes.error ? String(notes.error.error_description) : ''
  // The contract has every failed PKCE check as invalid_grant (RFC 7636 4.6), bad form included.
  if (error === 'invalid_request' && description.startsWith('code_verifier ')) {
    return { error: 'invalid_grant', description: `${description} (RFC 7636 4.1)` }
  }
  // RFC 6749 5.2 has a word of its own for it.
  if (description === 'requested grant type is not allowed for this client') {
    return { error: 'unauthorized_client', description }
  }
  if (error !== 'invalid_grant') return { error }
  if (detail.includes('redirect_uri mismatch')) {
    return { error, description: 'redirect_uri differs from the one of the authorization request' }
  }
  if (detail === 'code_verifier must be provided') {
    return { error, description: 'code_verifier is missing: the request had a code_challenge' }
  }
  if (detail.startsWith('code_verifier does not match')) {
    return { error, description: mismatch(form.codeVerifier ?? '', notes.codeChallenge ?? '') }
  }
  const what = form.grantType === 'refresh_token' ? 'refresh token' : 'authorization code'
  return {
    error,
    description: `the ${what} is unknown, expired, revoked, already used, or another client's`,
  }
}

/** Names the usual ways to get the challenge wrong; the challenge is no secret. */
function mismatch(verifier: string, challenge: string): string {
  const digest = (encoding: 'hex' | 'base64url') =>
    createHash('sha256').update(verifier).digest(encoding)
  const hex = digest('hex')
  if (challenge === verifier)
    return "code_challenge and code_verifier are the same; S256 wants the verifier's hash as challenge"
  if (challenge === hex)
    return 'code_challenge was the digest in hexadecimal; encode its bytes as base64url'
  if (challenge === Buffer.from(hex).toString('base64url')) {
    return 'code_challenge encoded the hexadecimal text of the digest; encode its 32 bytes'
  }
  return 'code_verifier does not match: BASE64URL(SHA256(code_verifier)) must be the code_challenge'
}
