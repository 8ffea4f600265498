import { http, type Mutant } from './mutant.ts'

const tokenRequests = 'db/migrations/0018-token-requests.sql'

/** Where the family of what is presented is read. */
const familyOf = (presented: string, columns: string) =>
  `from (select * from ${presented} = asked.hash offset 0) t
                     cross join lateral (select ${columns} from token_families`
const alwaysLiving = 'id, consent_id, null::timestamptz as ended_at'

/** Codes, tokens, clients and scopes. */
export const tokenMutants: Mutant[] = [
  {
    guarantee: 'a code is spent once (RFC 6749 4.1.2)',
    file: tokenRequests,
    from: 'and (consumed_at is null and expires_at > now()) is true',
    to: 'and (expires_at > now()) is true',
    noticedBy: ['db/token-requests.test.ts'],
  },
  {
    guarantee: 'an expired code gives nothing',
    file: tokenRequests,
    from: 'and (consumed_at is null and expires_at > now()) is true',
    to: 'and (consumed_at is null) is true',
    noticedBy: ['db/token-requests.test.ts'],
  },
  {
    guarantee: 'a refresh token is spent once',
    file: tokenRequests,
    from: `and (t.consumed_at is null\n`,
    to: `and (true\n`,
    noticedBy: ['db/token-requests.test.ts', http('refresh')],
  },
  {
    guarantee: 'a rotation is not repeated after its window',
    file: 'db/refresh-tokens.ts',
    from: 'export const retryWindow = 30',
    to: 'export const retryWindow = 3000',
    noticedBy: ['db/token-requests.test.ts', http('refresh')],
  },
  {
    guarantee: 'the window does not slide',
    file: tokenRequests,
    from: 'set consumed_at   = coalesce(t.consumed_at, now()),',
    to: 'set consumed_at = now(),',
    noticedBy: ['db/token-requests.test.ts'],
  },
  {
    guarantee: 'reuse of a rotated refresh token is seen (RFC 9700 4.14.2)',
    file: tokenRequests,
    from: 'where s.token_hash = asked.successor) is not null as "reuse"',
    to: 'where s.token_hash = asked.successor and false) is not null as "reuse"',
    noticedBy: ['db/token-requests.test.ts', http('refresh')],
  },
  {
    guarantee: 'a code that comes again ends its family',
    file: 'server/src/provider/code-reuse.ts',
    from: 'if (reuse && !reuse.doubleClick)',
    to: 'if (false && reuse && !reuse.doubleClick)',
    noticedBy: [http('code-replay')],
  },
  {
    guarantee: 'a double click ends nothing',
    file: 'server/src/provider/code-reuse.ts',
    from: 'if (reuse && !reuse.doubleClick)',
    to: 'if (reuse)',
    noticedBy: [http('code-replay')],
  },
  {
    guarantee: 'PKCE is required of every client',
    file: 'server/src/provider/provider.ts',
    from: 'required: (_ctx, client) => client.require_pkce !== false',
    to: 'required: () => false',
    noticedBy: [http('pkce')],
  },
  {
    guarantee: 'the code_verifier is checked (RFC 7636 4.6)',
    file: tokenRequests,
    from: 't.code_challenge as "codeChallenge",',
    to: 'null as "codeChallenge",',
    noticedBy: [http('pkce')],
  },
  {
    // The library's path looks at the family twice; ours, which introspection and the gateway take, once.
    guarantee: 'a token dies with its family',
    file: tokenRequests,
    from: `from (select * from access_tokens where token_hash = decode(asked.hash, 'hex') offset 0) t
           cross join lateral (select * from token_families`,
    to: `from (select * from access_tokens where token_hash = decode(asked.hash, 'hex') offset 0) t
           cross join lateral (select ${alwaysLiving} from token_families`,
    noticedBy: [http('introspection'), http('revocation')],
  },
  {
    guarantee: 'a code dies with its family',
    file: tokenRequests,
    from: familyOf('authorization_codes where code_hash', '*'),
    to: familyOf('authorization_codes where code_hash', alwaysLiving),
    noticedBy: [http('authorization-code')],
  },
  {
    guarantee: 'a refresh token dies with its family',
    file: tokenRequests,
    from: familyOf('refresh_tokens where token_hash', '*'),
    to: familyOf('refresh_tokens where token_hash', alwaysLiving),
    noticedBy: [http('revocation')],
  },
  {
    guarantee: 'only hashes of tokens are stored',
    file: 'server/src/provider/token-ids.ts',
    from: "return createHash('sha256').update(presented).digest()",
    to: 'return Buffer.from(presented)',
    noticedBy: [http('authorization-code')],
  },
  {
    guarantee: 'a token may do what is still consented to',
    file: 'server/src/provider/store/store.ts',
    from: '.filter((name) => consentScopes.includes(name))',
    to: '',
    noticedBy: [http('consent'), http('refresh'), http('grant-life')],
  },
  {
    guarantee: 'a client secret is compared whole',
    file: 'server/src/provider/overrides.ts',
    from: 'other.length === hash.length && timingSafeEqual(other, hash)',
    to: 'other.length === hash.length && other[0] === hash[0]',
    noticedBy: ['server/src/provider/overrides.test.ts', http('client-authentication')],
  },
  {
    guarantee: 'introspection compares the secret whole',
    file: 'server/src/provider/introspection/answer.ts',
    from: 'known.length === presented.length && timingSafeEqual(known, presented)',
    to: 'known.length === presented.length',
    noticedBy: [http('introspection'), http('introspection-differential')],
  },
  {
    guarantee: 'introspection answers the owner and resource servers only (RFC 7662 4)',
    file: 'server/src/provider/introspection/answer.ts',
    from: 'if (scope === undefined || !(asksOwn || found.callerIsResourceServer)) return inactive',
    to: 'if (scope === undefined) return inactive',
    noticedBy: [http('introspection')],
  },
  {
    guarantee: 'a client revokes its own tokens only (RFC 7009 2.1)',
    file: 'server/src/provider/provider.ts',
    from: `allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,`,
    to: 'allowedPolicy: async () => true,',
    noticedBy: [http('revocation')],
  },
  {
    guarantee: 'a redirect_uri is compared exactly (RFC 9700 2.1)',
    file: 'server/src/redirect-uris.ts',
    from: 'if (registered.includes(sent)) return true',
    to: 'if (registered.some((uri) => sent.startsWith(uri))) return true',
    noticedBy: ['server/src/redirect-uris.test.ts'],
  },
  {
    guarantee: 'a scope that is not registered is refused',
    file: 'server/src/provider/overrides.ts',
    from: 'if (!registered.includes(scope)) {',
    to: 'if (false) {',
    noticedBy: ['server/src/provider/overrides.test.ts', http('authorization-request')],
  },
  {
    guarantee: 'a disabled client has no machine tokens',
    file: tokenRequests,
    from: 'where k.disabled_at is null\n',
    to: 'where true\n',
    noticedBy: ['db/token-requests.test.ts'],
  },
]
