import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { type Account, findAccount } from '#db/accounts.ts'
import { findConsentOf, grantScopes, withdrawScopes } from '#db/consents.ts'
import type { Db } from '#db/database.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import { localeOf } from '#web/locale.ts'
import { found } from '#web/problem.ts'
import { answerTo, type Question, questionFor, wasShown } from './checks.ts'
import { consentPage } from './consent-page.ts'
import { type Asker, consentView, type ScopeCatalog } from './view-data.ts'

/** What the rest of the house hands this feature; see provider/interactions.ts for its meaning. */
export interface ConsentParts {
  db: Db
  csrf: Middleware
  scopes: ScopeCatalog
  interactions: {
    find(ctx: Context): Promise<PendingConsent>
    finishConsent(ctx: Context, grantId: string): Promise<string>
    deny(ctx: Context): Promise<string>
  }
  consentGrantId(consentId: string): string
  /** The person may not be the one who said yes. */
  tellConnected(
    tx: Db,
    connection: {
      account: Pick<Account, 'email' | 'locale'>
      clientName: string
      consentId: string
    },
  ): Promise<void>
  audit(ctx: Context, db: Db, event: ConsentEvent): Promise<void>
}

export interface PendingConsent {
  uid: string
  client: Asker & {
    id: string
    clientId: string
    ownerId: string | null
    optionalScopes: string[]
    scopes: string[]
  }
  redirectUri: string
  scopes: string[]
  askAgain: boolean
  askedAccountId?: string
  accountId?: string
  uiLocales?: string
  restartUrl: string
}

interface ConsentEvent {
  kind: 'consent.granted' | 'consent.denied'
  actorType: 'user'
  actorId: string
  accountId: string
  clientId: string
  details: object
}

export function consentRoutes(parts: ConsentParts): Router {
  const router = new Router()
  const path = '/auth/interaction/:uid/consent'
  router.use(path, parts.csrf)
  router.get(path, (ctx) => ask(ctx, parts))
  router.post(path, (ctx) => decide(ctx, parts))
  return router
}

async function ask(ctx: Context, parts: ConsentParts): Promise<void> {
  const pending = await parts.interactions.find(ctx)
  const accountId = samePerson(pending)
  if (!accountId) return startAgain(ctx, pending)
  const account = found(await findAccount(parts.db, accountId), 'account')
  const publisher = await publisherOf(parts.db, pending.client.ownerId)
  const facts = { pending, account, publisher }
  const { question, granted } = await questionOf(pending, accountId, parts)
  const locale = localeOf(ctx, pending.uiLocales)
  const action = `/auth/interaction/${pending.uid}/consent`
  const csrf = String(ctx.state.csrf)
  ctx.set('Cache-Control', 'no-store')
  await render(
    ctx,
    consentPage(consentView({ ...facts, question, granted, locale, action, csrf }, parts.scopes)),
  )
}

async function decide(ctx: Context, parts: ConsentParts): Promise<void> {
  const pending = await parts.interactions.find(ctx)
  const accountId = samePerson(pending)
  if (!accountId) return startAgain(ctx, pending)
  const form = await readForm(ctx)
  const event = {
    actorType: 'user' as const,
    actorId: accountId,
    accountId,
    clientId: pending.client.id,
  }
  if (form.get('decision') !== 'approve') {
    await parts.audit(ctx, parts.db, { ...event, kind: 'consent.denied', details: {} })
    return goOn(ctx, await parts.interactions.deny(ctx))
  }
  const shown = (form.get('shown') ?? '').split(' ')
  const consentId = await parts.db.transaction(async (tx) => {
    const { question, granted } = await questionOf(pending, accountId, { ...parts, db: tx })
    if (!wasShown(question, shown)) return undefined
    const { grant, withdraw } = answerTo(question, form.getAll('scope'))
    const id = await grantScopes(tx, { accountId, clientRowId: pending.client.id, scopes: grant })
    await withdrawScopes(tx, id, withdraw)
    if (granted.length === 0) {
      const account = found(await findAccount(tx, accountId), 'account')
      await parts.tellConnected(tx, { account, clientName: pending.client.name, consentId: id })
    }
    await parts.audit(ctx, tx, { ...event, kind: 'consent.granted', details: { scopes: grant } })
    return id
  })
  if (!consentId) return goOn(ctx, `/auth/interaction/${pending.uid}/consent`)
  return goOn(ctx, await parts.interactions.finishConsent(ctx, parts.consentGrantId(consentId)))
}

async function publisherOf(db: Db, ownerId: string | null): Promise<string | null> {
  const owner = ownerId === null ? undefined : await findAccount(db, ownerId)
  return owner?.name || null
}

async function questionOf(
  pending: PendingConsent,
  accountId: string,
  { db, scopes }: Pick<ConsentParts, 'db' | 'scopes'>,
): Promise<{ question: Question; granted: string[] }> {
  const granted = (await findConsentOf(db, accountId, pending.client.clientId))?.scopes ?? []
  const question = questionFor({
    requested: pending.scopes,
    granted,
    allowed: (scope) => scopes.needsNoRegistration(scope) || pending.client.scopes.includes(scope),
    optional: pending.client.optionalScopes,
    isIdentity: scopes.isIdentity,
    askAgain: pending.askAgain,
  })
  return { question, granted }
}

/** Whoever signed in elsewhere meanwhile must not answer for the one who was asked (A94). */
const samePerson = ({ accountId, askedAccountId }: PendingConsent): string | undefined =>
  accountId === askedAccountId ? accountId : undefined

const startAgain = (ctx: Context, { restartUrl }: PendingConsent) => goOn(ctx, restartUrl)

/** 303 after a post, never 307 (RFC 9700 4.12). */
function goOn(ctx: Context, url: string): void {
  ctx.redirect(url)
  ctx.status = 303
}
