import type { KoaContextWithOIDC } from 'oidc-provider'
import { Provider } from 'oidc-provider'
import type { TokenRequestRead } from './store/token-request.ts'
import type { Work } from './unit-of-work.ts'

/** What our stores learn during one request and the answer needs afterwards. */
export interface RequestNotes {
  /** What a token request presents, as it was read with the client. */
  read?: TokenRequestRead
  /** What a token request is going to write, all at once when it is answered. */
  work?: Work
  /** SHA-256 of the client secret that was accepted. */
  secretHash?: Buffer
  /** A spent code came again: its family, and whether it was only a double click. */
  codeReuse?: { familyId: string; doubleClick: boolean }
  /** When the refresh token of this answer really expires; a repetition may not extend it. */
  refreshTokenExpiresAt?: number
  /** The challenge that a code_verifier is held against. */
  codeChallenge?: string
  /** The request body was JSON, so the answer speaks that dialect. */
  json?: boolean
  /** What the library answered an error for. */
  error?: Error & { error_detail?: string }
}

const notes = new WeakMap<object, RequestNotes>()

/** The request that the provider is working on (its AsyncLocalStorage), if any. */
export function currentRequest(): KoaContextWithOIDC | undefined {
  return (Provider as unknown as { ctx?: KoaContextWithOIDC }).ctx
}

/** The same where there must be one: tokens are made in answer to a request only. */
export function requestNow(): KoaContextWithOIDC {
  const ctx = currentRequest()
  if (!ctx) throw new Error('tokens are stored within a request')
  return ctx
}

/** What this request writes; a spent code or refresh token has begun it. */
export function workOf(ctx: { req: object }): Work {
  const { work } = notesOf(ctx)
  if (!work) throw new Error('a token is stored and nothing was spent on it')
  return work
}

/** By Node's request: the provider, mounted inside our app, has a Koa context of its own. */
export function notesOf({ req }: { req: object }): RequestNotes {
  let found = notes.get(req)
  if (!found) {
    found = {}
    notes.set(req, found)
  }
  return found
}

export const isTokenRequest = (): boolean => currentRequest()?.oidc?.route === 'token'

/** A token that may do nothing at present must be there to be revoked: more may be allowed later. */
export const isRevocation = (): boolean => currentRequest()?.oidc?.route === 'revocation'
