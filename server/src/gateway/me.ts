import Router from '@koa/router'
import type { Context } from 'koa'
import { type Account, findActiveAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { bearerToken } from './bearer.ts'
import { crossOrigin } from './cors.ts'
import { ApiError, apiErrors } from './errors.ts'

/** What the gateway needs to know of a living access token. */
export interface Credential {
  accountId?: string | undefined
  scopes: string[]
  allowedOrigins: string[]
}

export interface MeParts {
  db: Db
  issuer: string
  /** The credential of a token, or undefined: unknown, expired, revoked, narrowed away. */
  findCredential(token: string): Promise<Credential | undefined>
}

/** "Who am I?": the first call of every app (contract, sections 5 and 7). */
export function meRoutes({ db, issuer, findCredential }: MeParts): Router {
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
      const { account, scopes } = await authorize(ctx, { db, findCredential })
      ctx.set('Cache-Control', 'no-store')
      ctx.body = version === 'v1' ? v1(account) : v2(account, scopes)
    })
  }
  return router
}

async function authorize(ctx: Context, { db, findCredential }: Omit<MeParts, 'issuer'>) {
  const credential = await findCredential(bearerToken(ctx))
  const account = credential?.accountId && (await findActiveAccount(db, credential.accountId))
  if (!credential || (credential.accountId && !account)) {
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
  if (!account) throw new ApiError(403, 'This credential acts for no user.', 'insufficient_scope')
  return { account, scopes: credential.scopes }
}

const verifiedEmail = (account: Account) => (account.emailVerifiedAt ? account.email : null)

const v1 = (account: Account) => ({
  id: account.id,
  name: account.name || null,
  email: verifiedEmail(account),
  timezone: account.timezone || 'not-set',
})

const v2 = (account: Account, scopes: string[]) => ({
  user_id: account.id,
  email: verifiedEmail(account),
  name: account.name || null,
  timezone: account.timezone,
  // Until there are shared ones, everybody has the one of their own.
  organization: { id: account.id, name: account.name || 'Personal', is_personal: true },
  team: null,
  scopes,
  credential_type: 'oauth',
})
