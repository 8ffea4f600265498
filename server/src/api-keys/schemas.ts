import { isIP } from 'node:net'
import proxyAddr from 'proxy-addr'
import { z } from 'zod'
import type { ApiKey } from '#db/api-keys.ts'
import { freeText, timestamp, uuid } from '#web/text-schemas.ts'

/** Days a key lasts unless its maker says otherwise, and at most. */
const usualDays = 90
const mostDays = 3650

const scopes = (known: readonly string[]) =>
  z
    .array(z.string().max(100))
    .min(1, 'Choose at least one scope.')
    .max(100)
    .refine((chosen) => chosen.every((scope) => known.includes(scope)), {
      error: ({ input }) =>
        `There is no scope ${(input as string[]).find((scope) => !known.includes(scope))}.`,
    })
    .transform((chosen) => [...new Set(chosen)])
    .meta({ description: 'What it may do, by the names of the scope table.' })

const allowedAddresses = z
  .array(z.string().trim().max(64))
  .max(50)
  .refine((list) => list.every(isAddress), {
    error: ({ input }) =>
      `${(input as string[]).find((text) => !isAddress(text))} is no address or network; write 203.0.113.7 or 203.0.113.0/24.`,
  })
  .meta({
    description:
      'Addresses or networks (CIDR) it may come from; none: any. The owner of the key may change them.',
  })

export function isAddress(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  // The library knows names such as "loopback", and reads 010.0.0.1 as octal and 1 as 0.0.0.1: what
  // was meant is not what would be let in.
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) return false
  if (prefix !== undefined && !/^[1-9]\d{0,2}$/.test(prefix)) return false
  try {
    return Boolean(proxyAddr.compile(text))
  } catch {
    return false
  }
}

const requestsPerMinute = z
  .int()
  .min(1)
  .max(1_000_000)
  .meta({ description: 'Calls it may make in a minute, within what its person may.' })

export function apiKeySchemas(known: readonly string[]) {
  const name = freeText({ max: 100, required: true })
  const newApiKey = z
    .strictObject({
      name,
      scopes: scopes(known),
      expires_in_days: z
        .int(`Give whole days, from 1 to ${mostDays}.`)
        .min(1, `Give whole days, from 1 to ${mostDays}.`)
        .max(mostDays, `Give whole days, from 1 to ${mostDays}.`)
        .default(usualDays),
      allowed_addresses: allowedAddresses.default([]),
      requests_per_minute: requestsPerMinute.optional(),
    })
    .meta({ id: 'NewApiKey', examples: [{ name: 'Nightly report', scopes: ['READ_RUN'] }] })
  const apiKeyChange = z
    .strictObject({
      name: name.optional(),
      scopes: scopes(known).optional().meta({ description: 'Those that stay; none can be added.' }),
      allowed_addresses: allowedAddresses.optional(),
      requests_per_minute: requestsPerMinute.nullable().optional().meta({
        description:
          'Calls it may make in a minute; null: what its person may. Only an administrator raises it.',
      }),
      is_active: z.boolean().optional().meta({
        description:
          'false: refused at once. What an administrator suspended, only one lets work again.',
      }),
    })
    .refine((change) => Object.keys(change).length > 0, 'Give at least one change.')
    .meta({ id: 'ApiKeyChange' })
  return { newApiKey, apiKeyChange }
}

export type NewKey = z.output<ReturnType<typeof apiKeySchemas>['newApiKey']>
export type KeyChange = z.output<ReturnType<typeof apiKeySchemas>['apiKeyChange']>

const fields = {
  id: uuid,
  name: z.string(),
  prefix: z.string().meta({ description: 'How every key begins.' }),
  hint: z.string().meta({ description: 'The last four characters.' }),
  scopes: z.array(z.string()),
  allowed_addresses: z.array(z.string()),
  requests_per_minute: z.int().nullable().meta({ description: 'null: what its person may.' }),
  is_active: z.boolean().meta({ description: 'false: suspended.' }),
  is_held: z.boolean().meta({
    description: 'An administrator suspended it, and only one lets it work again.',
  }),
  is_replaced: z
    .boolean()
    .meta({ description: 'A new one took its place; it works until it expires.' }),
  created_at: timestamp,
  expires_at: timestamp,
  last_used_at: timestamp.nullable(),
}

/** An answer about a key; the key itself is shown only where one was just made. */
export const apiKey = z.object(fields).meta({ id: 'ApiKey' })

export const createdApiKey = z
  .object({ ...fields, key: z.string().meta({ description: 'Shown this once.' }) })
  .meta({ id: 'CreatedApiKey' })

export const apiKeyAnswer = (row: ApiKey): z.output<typeof apiKey> => ({
  id: row.id,
  name: row.name,
  prefix: 'agpt_',
  hint: row.hint,
  scopes: row.scopes,
  allowed_addresses: row.allowedAddresses,
  requests_per_minute: row.requestsPerMinute,
  is_active: row.suspendedAt === null,
  is_held: row.heldAt !== null,
  is_replaced: row.replacedAt !== null,
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt.toISOString(),
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
})
