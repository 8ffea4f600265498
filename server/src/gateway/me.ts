import Router from '@koa/router'
import type { Context } from 'koa'
import { bearerToken } from './bearer.ts'
import { crossOrigin } from './cors.ts'
import { ApiError, apiErrors } from './errors.ts'

/** Whom a token acts for, as far as apps may know. */
export interface Person {
  id: string
  /** null: not verified. */
  email: string | null
  name: string
  timezone: string
}

/** What the gateway needs to know of a living access token. */
export interface Credential {
  /** undefined: a machine's. */
  person: Person | undefined
  scopes: string[]
  allowedOrigins: string[]
}

export interface MeParts {
  issuer: string
  /** The credential of a token, or undefined: unknown, expired, revoked, narrowed away. */
  findCredential(token: string): Promise<Credential | undefined>
}

/** "Who am I?": the first call of every app (contract, sections 5 and 7). */
export function meRoutes({ issuer, findCredential }: MeParts): Router {
  const router = new Router()
  for (const version of ['v1', 'v2'] as const) {
    const path = `/external-api/${version}/me`
    router.use(path, apiErrors(version, issuer), crossOrigin)
    // The router runs what stands before only where a method has a route: a preflight needs one too.
    router.options(path, (ctx) => {
      ctx.set('Allow', 'GET, HEAD, OPTIONS')
      ctx.status = 204
    })
    router.get(path, async (ctx) => {
      const { person, scopes } = await authorize(ctx, findCredential)
      ctx.set('Cache-Control', 'no-store')
      ctx.body = version === 'v1' ? v1(person) : v2(person, scopes)
    })
  }
  return router
}

async function authorize(ctx: Context, findCredential: MeParts['findCredential']) {
  const credential = await findCredential(bearerToken(ctx))
  if (!credential) {
    throw new ApiError(401, 'The access token is unknown, expired or revoked.', 'invalid_token')
  }
  const origin = ctx.get('Origin')
  if (origin && credential.allowedOrigins.includes(origin)) {
    ctx.set('Access-Control-Allow-Origin', origin)
  }
  if (!credential.scopes.includes('IDENTITY')) {
    throw new ApiError(
      403,
      'Missing required permission(s): IDENTITY',
      'insufficient_scope',
      'IDENTITY',
    )
  }
  const { person, scopes } = credential
  if (!person) throw new ApiError(403, 'This credential acts for no user.', 'insufficient_scope')
  return { person, scopes }
}

const v1 = (person: Person) => ({
  id: person.id,
  name: person.name || null,
  email: person.email,
  timezone: person.timezone || 'not-set',
})

const v2 = (person: Person, scopes: string[]) => ({
  user_id: person.id,
  email: person.email,
  name: person.name || null,
  timezone: person.timezone,
  // Until there are shared ones, everybody has the one of their own.
  organization: { id: person.id, name: person.name || 'Personal', is_personal: true },
  team: null,
  scopes,
  credential_type: 'oauth',
})
