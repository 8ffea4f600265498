import type { Context } from 'koa'
import { type Account, deleteAccount } from '#db/accounts.ts'
import { lockActiveAdmins } from '#db/admins.ts'
import type { Db } from '#db/database.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import type { FieldError } from './account-page.ts'
import { deletedPage, deletePage } from './delete-page.ts'
import type { AccountParts } from './parts.ts'
import { provesPassword } from './password-check.ts'
import type { Visit } from './visit.ts'

export async function showDeletion(ctx: Context, { account, locale }: Visit): Promise<void> {
  show(ctx, account, { locale, errors: [] })
}

/** The account with all that hangs on it; an open session is not enough (A115). */
export function deleteOwnAccount(parts: AccountParts) {
  const { db, audit, mailer, sessions } = parts
  return async (ctx: Context, { account, locale }: Visit): Promise<void> => {
    const form = await readForm(ctx)
    const error = await provesPassword(ctx, parts, { account, locale, form })
    if (error) return show(ctx, account, { locale, errors: [error], status: error.status })
    const { id, email } = account
    const isDone = await db.transaction(async (tx) => {
      if (await isLastAdmin(tx, account)) return false
      await deleteAccount(tx, id)
      // The trail says that it happened, and to which id; whose it was went with the row.
      await audit(ctx, tx, {
        kind: 'account.deleted',
        actorType: 'user',
        actorId: id,
        accountId: id,
      })
      const { subject, lead } = locale.messages.mail.accountDeleted
      await mailer.send(
        { to: email, kind: 'accountDeleted', locale, subject, paragraphs: [lead] },
        tx,
      )
      return true
    })
    if (!isDone) {
      const errors = [{ field: '', message: locale.messages.account.leaving.lastAdmin }]
      return show(ctx, account, { locale, errors, status: 409 })
    }
    await sessions.signOut(ctx)
    await render(ctx, deletedPage(locale))
  }
}

/** A159: somebody has to be left who can make others administrators. */
async function isLastAdmin(tx: Db, { id, roles }: Account): Promise<boolean> {
  if (!roles.includes('admin')) return false
  const admins = await lockActiveAdmins(tx)
  return admins.length === 1 && admins[0] === id
}

interface View {
  locale: Locale
  errors: FieldError[]
  status?: number | undefined
}

function show(ctx: Context, account: Account, { locale, errors, status = 200 }: View): void {
  const { email, passwordHash } = account
  const csrf = String(ctx.state.csrf)
  render(
    ctx,
    deletePage({ locale, csrf, email, hasPassword: passwordHash !== null, errors }),
    status,
  )
}
