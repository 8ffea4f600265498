import { z } from 'zod'
import { emailAddress } from '#web/email-address.ts'
import { personName } from '#web/person-name.ts'
import { timestamp, uuid } from '#web/text-schemas.ts'

const email = z
  .string()
  .max(320)
  .refine((text) => emailAddress(text) !== undefined, 'Give one e-mail address.')
  .meta({ format: 'email' })

const name = z
  .string()
  .refine((typed) => 'name' in personName(typed), 'Use one line of at most 100 characters.')
  .transform((typed) => {
    const read = personName(typed)
    return 'name' in read ? read.name : typed
  })
  .meta({ maxLength: 100 })

const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'Give an IANA time zone, such as Europe/Berlin.')

// What makes a good one is decided where people choose theirs (login/passwords.ts).
const password = z.string().max(1024).meta({ format: 'password', minLength: 8, maxLength: 256 })

const roles = z.array(z.enum(['admin'])).transform((items) => [...new Set(items)])

export const newUser = z
  .strictObject({
    email,
    password: password.optional().meta({ description: 'Left out: the answer has a set-up link.' }),
    name: name.optional(),
    timezone: timeZone.optional(),
    roles: roles.optional(),
    email_verified: z
      .boolean()
      .optional()
      .meta({ description: 'true unless given: the administrator vouches for the address.' }),
  })
  .meta({ id: 'NewUser', examples: [{ email: 'ada@example.com', name: 'Ada Lovelace' }] })

export const userChange = z
  .strictObject({
    email: email.optional(),
    email_verified: z.boolean().optional(),
    password: password.optional().meta({ description: 'Ends all sessions and tokens.' }),
    name: name.optional(),
    timezone: timeZone.optional(),
    roles: roles.optional().meta({ description: 'Another set ends all sessions.' }),
    is_active: z
      .boolean()
      .optional()
      .meta({ description: 'false: sessions and tokens end at once.' }),
  })
  .meta({ id: 'UserChange', examples: [{ is_active: false }] })

export const user = z
  .object({
    id: uuid.meta({ description: 'The subject: sub and user_id of tokens.' }),
    email: z.string(),
    email_verified: z.boolean(),
    name: z.string(),
    timezone: z.string(),
    roles: z.array(z.string()),
    is_active: z.boolean(),
    has_password: z.boolean(),
    created_at: timestamp,
  })
  .meta({ id: 'User' })

export const createdUser = user
  .extend({
    set_up_link: z
      .string()
      .optional()
      .meta({ format: 'uri', description: 'Where the person chooses a password, this once.' }),
  })
  .meta({ id: 'CreatedUser' })

export type NewUser = z.output<typeof newUser>
export type UserChange = z.output<typeof userChange>

// Intl takes +01:00 and any case too, which are no names of zones.
function isTimeZone(name: string): boolean {
  if (!/^[A-Z]\w*([/+-][\w+-]+)*$/.test(name)) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
