import type { Context } from 'koa'
import { findAccount } from '#db/accounts.ts'
import { type Consent, findConsentOf, grantScopes, withdrawScopes } from '#db/consents.ts'
import { found } from '#web/problem.ts'
import { answerTo, type Question, questionFor, wasShown } from './checks.ts'
import type { ConsentEvent, ConsentParts, PendingConsent } from './parts.ts'

interface Decision {
  accountId: string
  pending: PendingConsent
  form: URLSearchParams
}

/** The consent that the answer stands on; or that the page has to be shown again, as it is now. */
type Outcome = { consentId: string } | 'denied' | 'changed'

/** What a yes does, in the transaction of parts. */
export async function approve(
  ctx: Context,
  decision: Decision,
  parts: ConsentParts,
): Promise<Outcome> {
  const { accountId, pending, form } = decision
  const { question, consent } = await questionOf(pending, accountId, parts)
  const shown = (form.get('shown') ?? '').split(' ')
  if (!wasShown(question, shown)) return 'changed'
  const { grant, withdraw } = answerTo(question, form.getAll('scope'))
  if (grant.length === 0) return keepRest(ctx, { decision, consent, withdraw }, parts)
  const { db, audit } = parts
  const consentId = await grantScopes(db, {
    accountId,
    clientRowId: pending.client.id,
    scopes: grant,
  })
  await withdrawScopes(db, consentId, withdraw)
  if (!consent) {
    const account = found(await findAccount(db, accountId), 'account')
    await parts.tellConnected(db, { account, clientName: pending.client.name, consentId })
  }
  const granted = { kind: 'consent.granted', details: { scopes: grant } } as const
  await audit(ctx, db, { ...eventOf(decision), ...granted })
  return { consentId }
}

interface Rest {
  decision: Decision
  consent: Consent | undefined
  withdraw: string[]
}

/**
 * Everything that was shown is unticked. What was allowed before may still answer the request; where
 * nothing of it is left, the yes was to nothing, which the app hears as a no (RFC 6749 4.1.2.1).
 */
async function keepRest(
  ctx: Context,
  { decision, consent, withdraw }: Rest,
  { db, audit }: ConsentParts,
): Promise<Outcome> {
  if (!consent) return 'denied'
  const { scopes, ended } = await withdrawScopes(db, consent.id, withdraw)
  if (scopes.length > 0) {
    const kind = ended ? 'consent.removed' : 'consent.narrowed'
    await audit(ctx, db, { ...eventOf(decision), kind, details: { scopes } })
  }
  const isLeft = (scope: string) => consent.scopes.includes(scope) && !withdraw.includes(scope)
  return decision.pending.scopes.some(isLeft) ? { consentId: consent.id } : 'denied'
}

export const eventOf = ({
  accountId,
  pending,
}: Decision): Omit<ConsentEvent, 'kind' | 'details'> => ({
  actorType: 'user',
  actorId: accountId,
  accountId,
  clientId: pending.client.id,
})

export async function questionOf(
  pending: PendingConsent,
  accountId: string,
  { db, scopes }: Pick<ConsentParts, 'db' | 'scopes'>,
): Promise<{ question: Question; consent: Consent | undefined }> {
  const consent = await findConsentOf(db, accountId, pending.client.clientId)
  const question = questionFor({
    requested: pending.scopes,
    granted: consent?.scopes ?? [],
    allowed: (scope) => scopes.needsNoRegistration(scope) || pending.client.scopes.includes(scope),
    optional: pending.client.optionalScopes,
    isIdentity: scopes.isIdentity,
    askAgain: pending.askAgain,
  })
  return { question, consent }
}
