import type { Context } from 'koa'
import { clientIdsOfConsents, removeConsentOf } from '#db/consents.ts'
import { readForm } from '#web/body.ts'
import type { FedcmParts } from './parts.ts'
import { clientOf, FedcmError, requireBrowser, signedIn } from './requests.ts'

/** The accounts that the browser may show: who is signed in here, for the browser's eyes only. */
export function accounts(parts: FedcmParts) {
  return async (ctx: Context): Promise<void> => {
    requireBrowser(ctx)
    const signed = await signedIn(ctx, parts)
    if (!signed) {
      ctx.set('Set-Login', 'logged-out')
      throw new FedcmError('access_denied', 'Nobody is signed in.', 401)
    }
    const { id, email, name } = signed.account
    const clients = await clientIdsOfConsents(parts.db, id)
    ctx.body = {
      accounts: [
        {
          id,
          email,
          name: name || email,
          login_hints: [email, id],
          approved_clients: clients,
        },
      ],
    }
  }
}

/** What the browser's disclosure links to. */
export function clientMetadata(parts: FedcmParts) {
  return async (ctx: Context): Promise<void> => {
    requireBrowser(ctx)
    const client = await clientOf(ctx, parts, String(ctx.query.client_id ?? ''))
    ctx.body = {
      ...(client.privacyUrl && { privacy_policy_url: client.privacyUrl }),
      ...(client.termsUrl && { terms_of_service_url: client.termsUrl }),
    }
  }
}

/** The site lets go of the person: what it was allowed ends, with every token. */
export function disconnect(parts: FedcmParts) {
  const { db, audit } = parts
  return async (ctx: Context): Promise<void> => {
    requireBrowser(ctx)
    const form = await readForm(ctx)
    const client = await clientOf(ctx, parts, form.get('client_id') ?? '')
    const signed = await signedIn(ctx, parts)
    const hint = form.get('account_hint') ?? ''
    if (!signed || (hint && ![signed.account.id, signed.account.email].includes(hint))) {
      throw new FedcmError('access_denied', 'This account is not signed in.', 403)
    }
    const { id } = signed.account
    await db.transaction(async (tx) => {
      if (!(await removeConsentOf(tx, id, client.id))) return
      const who = { actorType: 'client', actorId: client.id, accountId: id } as const
      const details = { by: 'fedcm' }
      await audit(ctx, tx, { ...who, kind: 'consent.removed', clientId: client.id, details })
    })
    ctx.body = { account_id: id }
  }
}
