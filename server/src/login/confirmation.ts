import type { Context } from 'koa'
import { createAccount, findActiveAccount, updateAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { type EmailChallenge, setChallengeAccount } from '#db/email-challenges.ts'
import type { LoginParts } from './parts.ts'

/**
 * What a right code or link does, in the transaction that spends it: the address is its owner's, and
 * of a sign-up the account begins to exist. Of several at the same time one makes the account (A113).
 */
export async function confirmAddress(
  ctx: Context,
  login: Pick<LoginParts, 'audit'>,
  tx: Db,
  challenge: EmailChallenge,
): Promise<'confirmed' | 'taken'> {
  const accountId =
    challenge.purpose === 'sign_up'
      ? await signUp(ctx, login, tx, challenge)
      : await verify(tx, challenge)
  if (!accountId) return challenge.purpose === 'sign_up' ? 'taken' : 'confirmed'
  await login.audit(ctx, tx, {
    kind: 'email.verified',
    actorType: 'user',
    actorId: accountId,
    accountId,
  })
  return 'confirmed'
}

async function signUp(
  ctx: Context,
  login: Pick<LoginParts, 'audit'>,
  tx: Db,
  { id, email, emailKey, name, passwordHash, locale }: EmailChallenge,
): Promise<string | undefined> {
  if (!email || !emailKey || !passwordHash) return undefined
  const account = await createAccount(tx, {
    ...{ email, emailKey, passwordHash },
    name: name ?? '',
    locale: locale ?? undefined,
    emailVerified: true,
  })
  if (!account) return undefined
  await setChallengeAccount(tx, id, account.id)
  const who = { actorType: 'user', actorId: account.id, accountId: account.id } as const
  await login.audit(ctx, tx, { kind: 'account.created', ...who })
  return account.id
}

/** An address that was changed since is another one: nothing is confirmed then. */
async function verify(
  tx: Db,
  { accountId, emailKey }: EmailChallenge,
): Promise<string | undefined> {
  const account = accountId ? await findActiveAccount(tx, accountId) : undefined
  if (!account || account.emailKey !== emailKey) return undefined
  await updateAccount(tx, account.id, { emailVerifiedAt: new Date() })
  return account.id
}
