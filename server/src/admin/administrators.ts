import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import { findAccessToken } from '#db/access-tokens.ts'
import { findActiveAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { isForeign } from '#web/csrf.ts'
import { Problem } from '#web/problem.ts'

/** Who administers, in the words of the audit trail. */
export interface Caller {
  actorType: 'admin' | 'admin_token'
  actorId?: string
  requestId?: string
  ip?: string
}

export interface Sessions {
  accountId(ctx: Context): Promise<string | undefined>
}

interface AdministratorParts {
  db: Db
  sessions: Sessions
  /** The public origin; a browser's change must come from its pages. */
  issuer: string
  adminToken: string | undefined
}

/**
 * Lets pass the admin token and a signed-in administrator's own pages; 401 without a credential
 * that is valid, 403 for a valid one of somebody else (contract, section 6; A159).
 */
export function administrators({ db, sessions, issuer, adminToken }: AdministratorParts) {
  return async (ctx: Context): Promise<Caller> => {
    const source = { requestId: ctx.state.requestId, ip: ctx.ip }
    const authorization = ctx.get('authorization')
    if (authorization) {
      await checkBearer(db, authorization, adminToken)
      return { actorType: 'admin_token', ...source }
    }
    const accountId = await sessions.accountId(ctx)
    if (!accountId) throw unauthorized()
    refuseForeign(ctx, issuer)
    if (!(await isAdministrator(db, accountId))) throw forbidden()
    return { actorType: 'admin', actorId: accountId, ...source }
  }
}

async function isAdministrator(db: Db, accountId: string): Promise<boolean> {
  const account = await findActiveAccount(db, accountId)
  return account?.roles.includes('admin') ?? false
}

async function checkBearer(db: Db, authorization: string, adminToken: string | undefined) {
  // RFC 6750 2.1
  const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1]
  if (token && adminToken && timingSafeEqual(sha256(token), sha256(adminToken))) return
  // An app's token never administers, whoever signed in; a dead one is no credential at all.
  if (token && (await findAccessToken(db, sha256(token)))) throw forbidden()
  throw unauthorized('Bearer error="invalid_token"')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()

/** A cookie goes along with whatever a foreign page sends; only our own pages may use it (A159). */
function refuseForeign(ctx: Context, issuer: string): void {
  const isSafe = ctx.method === 'GET' || ctx.method === 'HEAD'
  const isSigned = ctx.get('sec-fetch-site') === 'same-origin' || ctx.get('origin') === issuer
  if (isForeign(ctx, issuer) || !(isSafe || isSigned)) {
    throw new Problem(403, 'foreign-origin', 'A session may be used from our own pages only.')
  }
}

const unauthorized = (challenge = 'Bearer') =>
  new Problem(401, 'unauthorized', 'Send the admin token as bearer token, or sign in.', {
    headers: { 'WWW-Authenticate': challenge },
  })

const forbidden = () =>
  new Problem(403, 'forbidden', 'This credential is valid, but not an administrator’s.', {
    headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' },
  })
