import type { Field } from './fields.ts'

/** Every field that an app can be registered with. */
export const appFields: Field[] = [
  { name: 'name', kind: 'text', help: 'what people read on the consent page' },
  { name: 'description', kind: 'text', help: 'one paragraph for people' },
  {
    name: 'type',
    kind: 'text',
    help: 'web (the default) keeps a secret, spa and native cannot, machine has no users',
    choices: ['web', 'spa', 'native', 'machine', 'confidential', 'public'],
  },
  {
    name: 'redirect_uris',
    flag: 'redirect-uri',
    kind: 'list',
    help: 'where people are sent back; repeatable',
  },
  {
    name: 'post_logout_redirect_uris',
    flag: 'post-logout-redirect-uri',
    kind: 'list',
    help: 'where a sign-out may return to; repeatable',
  },
  {
    name: 'allowed_origins',
    flag: 'allowed-origin',
    kind: 'list',
    help: 'for CORS; those of the redirect URIs unless given; repeatable',
  },
  {
    name: 'scopes',
    flag: 'scope',
    kind: 'list',
    help: 'what the app may ask for; repeatable',
  },
  {
    name: 'optional_scopes',
    flag: 'optional-scope',
    kind: 'list',
    help: 'one of the scopes that a person may untick; repeatable',
  },
  {
    name: 'grant_types',
    flag: 'grant-type',
    kind: 'list',
    help: 'follows from the type unless given; repeatable',
  },
  { name: 'website', kind: 'clearable', help: 'home page' },
  { name: 'logo_url', kind: 'clearable', help: 'picture for the consent page' },
  { name: 'privacy_url', kind: 'clearable', help: 'privacy policy' },
  { name: 'terms_url', kind: 'clearable', help: 'terms of service' },
  { name: 'owner', kind: 'clearable', help: 'user id of the publisher' },
  {
    name: 'id_token_signed_response_alg',
    kind: 'text',
    help: 'signature of ID tokens',
    choices: ['ES256', 'RS256'],
  },
  { name: 'access_token_format', kind: 'text', help: 'opaque' },
  { name: 'require_pkce', kind: 'switch', help: 'PKCE; off for a confidential app only' },
  {
    name: 'requests_per_minute',
    kind: 'clearable-number',
    help: 'calls of the API for all its users',
  },
  { name: 'resource_server', kind: 'switch', help: 'may introspect the tokens of other apps' },
  { name: 'profile', kind: 'text', help: 'security profile' },
]

/** What can be changed later. */
export const changeableAppFields: Field[] = [
  ...appFields.filter(({ name }) => name !== 'type' && name !== 'profile'),
  { name: 'approved', kind: 'switch', help: 'whether the consent page does without a warning' },
]
