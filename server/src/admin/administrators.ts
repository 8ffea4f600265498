import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import { findAccessToken } from '#db/access-tokens.ts'
import { findActiveAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { refuseForeign } from '#web/own-pages.ts'
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

const unauthorized = (challenge = 'Bearer') =>
  new Problem(401, 'unauthorized', 'Send the admin token as bearer token, or sign in.', {
    headers: { 'WWW-Authenticate': challenge },
  })

const forbidden = () =>
  new Problem(403, 'forbidden', 'This credential is valid, but not an administrator’s.', {
    headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' },
  })
