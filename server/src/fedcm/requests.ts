import type { Context } from 'koa'
import { findActiveAccount } from '#db/accounts.ts'
import { type Client, findClientByClientId } from '#db/clients.ts'
import { findSessionByUid } from '#db/sessions.ts'
import type { FedcmParts, Signed } from './parts.ts'

/** A refusal in FedCM's own words (W3C FedCM, "Identity assertion endpoint"). */
export class FedcmError extends Error {
  readonly code:
    | 'invalid_request'
    | 'unauthorized_client'
    | 'access_denied'
    | 'temporarily_unavailable'
  readonly status: number

  constructor(code: FedcmError['code'], message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** Only the browser itself can send this; a page's script cannot (Fetch Metadata, "forbidden" names). */
export function requireBrowser(ctx: Context): void {
  if (ctx.get('Sec-Fetch-Dest') === 'webidentity') return
  throw new FedcmError('invalid_request', 'This address is for the browser itself (FedCM).')
}

/** The client, if it registered the origin that asks; only then is anything said to that origin. */
export async function clientOf(
  ctx: Context,
  { db }: Pick<FedcmParts, 'db'>,
  clientId: string,
): Promise<Client> {
  ctx.vary('Origin')
  const client = clientId ? await findClientByClientId(db, clientId) : undefined
  const origin = ctx.get('Origin')
  if (!client || client.disabledAt || !client.allowedOrigins.includes(origin)) {
    throw new FedcmError('unauthorized_client', 'No such app has registered this origin.', 403)
  }
  ctx.set('Access-Control-Allow-Origin', origin)
  ctx.set('Access-Control-Allow-Credentials', 'true')
  return client
}

/** Who is signed in, or undefined: nobody, or no longer. */
export async function signedIn(
  ctx: Context,
  { db, fedcmCookie }: Pick<FedcmParts, 'db' | 'fedcmCookie'>,
): Promise<Signed | undefined> {
  const named = fedcmCookie.read(ctx)
  const session = named && (await findSessionByUid(db, named.uid))
  if (!session || session.accountId !== named.accountId) return undefined
  const account = await findActiveAccount(db, named.accountId)
  return account && { account, signedInAt: session.signedInAt ?? 0 }
}
