import type { Context } from 'koa'
import { updateAccount } from '#db/accounts.ts'
import { readForm } from '#web/body.ts'
import { personName } from '#web/person-name.ts'
import type { FieldError } from './account-page.ts'
import type { AccountParts } from './parts.ts'
import { isTimezone } from './timezones.ts'
import type { Visit } from './visit.ts'

/** Only these two members, whatever else is sent (A157). */
export function saveProfile({ db }: Pick<AccountParts, 'db'>) {
  return async (ctx: Context, { account, locale, again, done }: Visit): Promise<void> => {
    const form = await readForm(ctx)
    const typed = {
      name: form.get('name') ?? account.name,
      timezone: form.get('timezone') ?? account.timezone,
    }
    const words = locale.messages.account.profile
    const written = personName(typed.name)
    const errors: FieldError[] = []
    if ('problem' in written) {
      const message = written.problem === 'too_long' ? words.nameTooLong : words.badName
      errors.push({ field: 'name', message })
    }
    if (!isTimezone(typed.timezone)) {
      errors.push({ field: 'timezone', message: words.badTimezone })
    }
    if ('problem' in written || errors.length > 0) {
      // A zone that does not exist would become a choice of the list.
      return again(errors, { typed: { name: typed.name } })
    }
    await updateAccount(db, account.id, { name: written.name, timezone: typed.timezone })
    return done('profile')
  }
}
