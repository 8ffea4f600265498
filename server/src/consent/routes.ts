import Router from '@koa/router'
import type { Context } from 'koa'
import { findAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import { localeOf } from '#web/locale.ts'
import { found } from '#web/problem.ts'
import { approve, eventOf, questionOf } from './approval.ts'
import { consentPage } from './consent-page.ts'
import type { ConsentParts, PendingConsent } from './parts.ts'
import { consentView } from './view-data.ts'

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
  const { question, consent } = await questionOf(pending, accountId, parts)
  const granted = consent?.scopes ?? []
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
  const decision = { accountId, pending, form }
  const outcome =
    form.get('decision') === 'approve'
      ? await parts.db.transaction((tx) => approve(ctx, decision, { ...parts, db: tx }))
      : 'denied'
  if (outcome === 'changed') return goOn(ctx, `/auth/interaction/${pending.uid}/consent`)
  if (outcome === 'denied') {
    const event = eventOf(decision)
    await parts.audit(ctx, parts.db, { ...event, kind: 'consent.denied', details: {} })
    return goOn(ctx, await parts.interactions.deny(ctx))
  }
  const grantId = parts.consentGrantId(outcome.consentId)
  return goOn(ctx, await parts.interactions.finishConsent(ctx, grantId))
}

async function publisherOf(db: Db, ownerId: string | null): Promise<string | null> {
  const owner = ownerId === null ? undefined : await findAccount(db, ownerId)
  return owner?.name || null
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
