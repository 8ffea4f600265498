import type { Context } from 'koa'
import type { Client } from '#db/clients.ts'
import { findConsentOf, grantScopes } from '#db/consents.ts'
import { readForm } from '#web/body.ts'
import type { FedcmParts, Signed } from './parts.ts'
import { clientOf, FedcmError, requireBrowser, signedIn } from './requests.ts'
import { readWish, type Wish } from './wish.ts'

/**
 * The identity assertion: an authorization code, bound to PKCE, nonce, client and redirect_uri. What
 * a person has allowed already, or what the browser itself has just disclosed, needs no window; for
 * anything more our own pages ask, in the window of continue_on.
 */
export function assertion(parts: FedcmParts) {
  const { issuer } = parts
  return async (ctx: Context): Promise<void> => {
    requireBrowser(ctx)
    const wait = await parts.tooOften(ctx.ip)
    if (wait !== undefined) {
      ctx.set('Retry-After', String(wait))
      throw new FedcmError('temporarily_unavailable', 'Too many requests.', 429)
    }
    const form = await readForm(ctx)
    const client = await clientOf(ctx, parts, form.get('client_id') ?? '')
    const signed = await signedIn(ctx, parts)
    // A browser may remember an account that is signed in here no more, or show another person's.
    if (!signed || signed.account.id !== form.get('account_id')) {
      throw new FedcmError('access_denied', 'This account is not signed in.', 403)
    }
    const wish = readWish(form, client, parts)
    const consentId = await consentFor(ctx, { wish, client, signed, form }, parts)
    if (!consentId) {
      ctx.body = { continue_on: await continueOn(ctx, { wish, client, signed }, parts) }
      return
    }
    const { redirectUri, codeChallenge, nonce, scopes, state } = wish
    const code = await parts.issueCode({
      clientId: client.clientId,
      accountId: signed.account.id,
      grantId: parts.consentGrantId(consentId),
      scope: scopes.join(' '),
      authTime: signed.signedInAt,
      redirectUri,
      codeChallenge,
      nonce,
    })
    // As text: browsers of before 2026 take nothing else.
    ctx.body = { token: JSON.stringify({ code, state, iss: issuer }) }
  }
}

interface Decision {
  wish: Wish
  client: Client
  signed: Signed
  form: URLSearchParams
}

/** The consent that the code may stand on; undefined: our own page has to ask. */
async function consentFor(
  ctx: Context,
  { wish, client, signed, form }: Decision,
  { db, scopes, audit, tellConnected }: FedcmParts,
): Promise<string | undefined> {
  const { asked } = wish
  // To be asked again, or to sign in anew, is not in the browser's hands.
  if (/\b(login|consent|select_account)\b/.test(asked.prompt ?? '')) return undefined
  const maxAge = asked.max_age === undefined ? Number.POSITIVE_INFINITY : Number(asked.max_age)
  if (!(Date.now() / 1000 - signed.signedInAt <= maxAge)) return undefined
  const consent = await findConsentOf(db, signed.account.id, client.clientId)
  const missing = wish.scopes.filter((scope) => !consent?.scopes.includes(scope))
  if (missing.length === 0) return consent?.id
  const isDisclosed = form.get('disclosure_text_shown') === 'true'
  if (!isDisclosed || !missing.every(scopes.isIdentity)) return undefined
  // Our own page warns of such an app; the browser's dialog cannot.
  if (!client.approvedAt) return undefined
  const who = { actorType: 'user', actorId: signed.account.id } as const
  return db.transaction(async (tx) => {
    const grant = { accountId: signed.account.id, clientRowId: client.id, scopes: missing }
    const id = await grantScopes(tx, grant)
    const event = { kind: 'consent.granted', accountId: signed.account.id, clientId: client.id }
    // The browser's own disclosure was what the person agreed to.
    await audit(ctx, tx, { ...event, ...who, details: { scopes: missing, by: 'fedcm' } })
    if (!consent) {
      const { account } = signed
      await tellConnected(tx, { account, clientName: client.name, consentId: id })
    }
    return id
  })
}

/** The ordinary request, whose answer goes to the browser instead of to an address. */
async function continueOn(
  ctx: Context,
  { wish, client, signed: { account } }: Omit<Decision, 'form'>,
  { issuer, fedcmBinding }: FedcmParts,
): Promise<string> {
  const { asked, redirectUri, codeChallenge } = wish
  const { clientId } = client
  // clientOf() has held the origin against those that the app registered.
  const whose = { clientId, origin: ctx.get('Origin'), accountId: account.id }
  const { client_id: _, response_mode: __, ...rest } = asked
  const request = {
    ...rest,
    client_id: clientId,
    response_mode: 'fedcm',
    fedcm_binding: await fedcmBinding.make({ ...whose, redirectUri, codeChallenge }),
    login_hint: asked.login_hint ?? account.email,
  }
  return `${issuer}/auth/authorize?${new URLSearchParams(request)}`
}
