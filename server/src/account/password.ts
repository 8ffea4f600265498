import type { Context } from 'koa'
import { readForm } from '#web/body.ts'
import type { AccountParts } from './parts.ts'
import { provesPassword } from './password-check.ts'
import type { Visit } from './visit.ts'

type Parts = Pick<AccountParts, 'sessions' | 'passwords' | 'throttle' | 'changePassword'>

/** An open session is not enough: the password in force is asked for (A115, ASVS 6.2.3). */
export function changePassword({ sessions, passwords, throttle, changePassword: change }: Parts) {
  return async (ctx: Context, { account, locale, again, done }: Visit): Promise<void> => {
    const form = await readForm(ctx)
    const current = form.get('current_password')
    const next = form.get('password') ?? ''
    const { account: words, login } = locale.messages
    const wrong = (field: string, message: string) => again([{ field, message }])

    if (!current) return wrong('current_password', words.password.missing)
    if (!next) return wrong('password', words.password.missingNext)
    const weakness = passwords.weakness(next, account)
    if (weakness) return wrong('password', login.weakness[weakness])
    const error = await provesPassword(ctx, { passwords, throttle }, { account, locale, form })
    if (error) return again([error], { status: error.status })
    const passwordHash = await passwords.hash(next)
    const exceptUid = await sessions.sessionUid(ctx)
    if (!(await change(ctx, { account, passwordHash, exceptUid }))) {
      return wrong('current_password', words.password.wrong)
    }
    await sessions.signIn(ctx, account.id)
    return done('password')
  }
}
