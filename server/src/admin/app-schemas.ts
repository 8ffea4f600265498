import { z } from 'zod'
import { freeText, origin, timestamp, uuid, webAddress } from '#web/text-schemas.ts'

const list = (most: number) =>
  z
    .array(z.string().max(2048))
    .max(most)
    .transform((items) => [...new Set(items)])

const redirectUris = list(20).meta({
  description: 'Exact addresses. http is for loopback hosts; 127.0.0.1 and [::1] match any port.',
})

/** What may be set at any time. Lists replace what was there; null clears. */
const changeable = {
  name: freeText({ max: 100, required: true }),
  description: freeText({ max: 1000, lines: true }),
  redirect_uris: redirectUris,
  post_logout_redirect_uris: redirectUris,
  allowed_origins: z
    .array(origin)
    .max(20)
    .transform((items) => [...new Set(items)])
    .meta({ description: 'For CORS; the origins of redirect_uris unless given.' }),
  scopes: list(100).meta({
    description: 'What the app may ask for. openid, profile, email, offline_access need no entry.',
  }),
  optional_scopes: list(100).meta({ description: 'Those of scopes that a person may untick.' }),
  grant_types: z
    .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials']))
    .transform((items) => [...new Set(items)])
    .meta({ description: 'Follows from the type unless given.' }),
  website: webAddress.nullable(),
  logo_url: webAddress.nullable(),
  privacy_url: webAddress.nullable(),
  terms_url: webAddress.nullable(),
  owner: uuid.nullable().meta({ description: 'User id of the publisher; null: the platform.' }),
  id_token_signed_response_alg: z.enum(['ES256', 'RS256']),
  access_token_format: z.literal('opaque', { error: 'Only opaque is available yet.' }),
  require_pkce: z.boolean().meta({ description: 'false for a confidential app only.' }),
  resource_server: z.boolean().meta({ description: 'May introspect the tokens of other apps.' }),
  requests_per_minute: z.int().min(1).max(1_000_000).nullable().meta({
    description: 'Calls of the external API for all its users together; null: no limit of its own.',
  }),
}

const unavailable = 'fapi2 is not available yet: leave this out.'

export const newApp = z
  .strictObject({
    ...z.object(changeable).partial().shape,
    name: changeable.name,
    scopes: changeable.scopes,
    type: z
      .enum(['web', 'spa', 'native', 'machine', 'confidential', 'public'])
      .optional()
      .meta({ description: 'confidential is web, public is spa or native. Cannot change later.' }),
    profile: z
      .enum(['fapi2'])
      .optional()
      .refine((profile) => profile === undefined, unavailable)
      .meta({ description: 'Not available yet.' }),
  })
  .meta({
    id: 'NewApp',
    examples: [
      { name: 'My App', redirect_uris: ['http://localhost:9876/callback'], scopes: ['IDENTITY'] },
    ],
  })

export const appChange = z
  .strictObject({
    ...z.object(changeable).partial().shape,
    is_active: z
      .boolean()
      .optional()
      .meta({ description: 'false: its tokens stop at once, on every node.' }),
    approved: z
      .boolean()
      .optional()
      .meta({ description: 'false: the consent page says that nobody has approved it.' }),
  })
  .meta({ id: 'AppChange', examples: [{ is_active: false }] })

export const app = z
  .object({
    id: uuid,
    client_id: z.string(),
    name: z.string(),
    description: z.string(),
    type: z.enum(['web', 'spa', 'native', 'machine']),
    grant_types: z.array(z.string()),
    redirect_uris: z.array(z.string()),
    post_logout_redirect_uris: z.array(z.string()),
    allowed_origins: z.array(z.string()),
    scopes: z.array(z.string()),
    optional_scopes: z.array(z.string()),
    website: z.string().nullable(),
    logo_url: z.string().nullable(),
    privacy_url: z.string().nullable(),
    terms_url: z.string().nullable(),
    owner: uuid.nullable(),
    id_token_signed_response_alg: z.enum(['ES256', 'RS256']),
    access_token_format: z.enum(['opaque', 'jwt']),
    require_pkce: z.boolean(),
    resource_server: z.boolean(),
    requests_per_minute: z.int().nullable(),
    is_active: z.boolean(),
    approved: z.boolean(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'App' })

export const createdApp = app
  .extend({ client_secret: z.string().optional().meta({ description: 'Shown this once.' }) })
  .meta({ id: 'CreatedApp' })

export const newSecret = z
  .strictObject({
    expires_in_days: z.int().min(1).max(3650).optional().meta({ description: 'Never otherwise.' }),
  })
  .optional()

export const appSecret = z
  .object({
    id: uuid,
    hint: z.string().meta({ description: 'Its last four characters.' }),
    created_at: timestamp,
    expires_at: timestamp.nullable(),
  })
  .meta({ id: 'AppSecret' })

export const createdSecret = appSecret
  .extend({ client_secret: z.string().meta({ description: 'Shown this once.' }) })
  .meta({ id: 'CreatedAppSecret' })

export type NewApp = z.output<typeof newApp>
export type AppChange = z.output<typeof appChange>
