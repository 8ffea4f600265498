import { http, type Mutant } from './mutant.ts'

/** Forms, sign-in, administration, the API, outages. */
export const peopleMutants: Mutant[] = [
  {
    guarantee: 'a CSRF token is checked',
    file: 'server/src/web/csrf.ts',
    from: 'if (!tokensFor(sent).some((right) => isSame(token, right))) throw forged()',
    to: '',
    noticedBy: ['server/src/web/csrf.test.ts'],
  },
  {
    guarantee: 'a post from another site is refused',
    file: 'server/src/web/csrf.ts',
    from: 'if (isForeign(ctx, origin)) throw forged()',
    to: '',
    noticedBy: ['server/src/web/csrf.test.ts'],
  },
  {
    guarantee: 'an API call needs the scope',
    file: 'server/src/gateway/credential.ts',
    from: 'operation.scopes.some(isMissing)',
    to: 'operation.scopes.length < 0',
    noticedBy: [http('gateway-operations')],
  },
  {
    guarantee: 'a search of one’s own things needs their scope',
    file: 'server/src/gateway/credential.ts',
    from: 'if (missing.length === 0) continue',
    to: 'continue',
    noticedBy: [http('gateway-operations')],
  },
  {
    guarantee: 'a token is refused from the page of another app',
    file: 'server/src/gateway/cors.ts',
    from: '!allowedOrigins.includes(origin)',
    to: 'allowedOrigins.length < 0',
    noticedBy: [http('gateway-cors')],
  },
  {
    guarantee: 'a long call ends with its credential',
    file: 'server/src/gateway/while-it-lasts.ts',
    from: 'if (isOver) ctx.res.destroy()',
    to: '',
    noticedBy: ['server/src/gateway/while-it-lasts.test.ts'],
  },
  {
    guarantee: 'of two credentials in one header none is taken',
    file: 'server/src/gateway/presented.ts',
    from: 'return times > 1',
    to: 'return times > 2',
    noticedBy: [http('gateway-attempts')],
  },
  {
    guarantee: 'a key works from its own addresses only',
    file: 'server/src/gateway/credential.ts',
    from: 'if (allowed.length === 0 || ',
    to: 'if (allowed.length >= 0 || ',
    noticedBy: [http('gateway-operations')],
  },
  {
    guarantee: 'FedCM answers origins that the app registered',
    file: 'server/src/fedcm/requests.ts',
    from: ' || !client.allowedOrigins.includes(origin)',
    to: '',
    noticedBy: [http('fedcm')],
  },
  {
    guarantee: 'FedCM speaks for the account of its cookie only',
    file: 'server/src/fedcm/assertion.ts',
    from: "!signed || signed.account.id !== form.get('account_id')",
    to: '!signed',
    noticedBy: [http('fedcm')],
  },
  {
    guarantee: 'the admin token is compared',
    file: 'server/src/admin/administrators.ts',
    from: 'if (token && adminToken && timingSafeEqual(sha256(token), sha256(adminToken))) return',
    to: 'if (token && adminToken) return',
    noticedBy: [http('admin-access')],
  },
  {
    guarantee: 'an administrator is one by role',
    file: 'server/src/admin/administrators.ts',
    from: "return account?.roles.includes('admin') ?? false",
    to: 'return account !== undefined',
    noticedBy: [http('admin-effects')],
  },
  {
    guarantee: 'a disabled person does not sign in',
    file: 'server/src/login/sign-in.ts',
    from: 'const usable = account?.disabledAt ? undefined : account',
    to: 'const usable = account',
    noticedBy: [http('login'), http('enumeration')],
  },
  {
    guarantee: 'a reset link is used once',
    file: 'db/email-challenges.ts',
    from: `      where link_hash = $1 and purpose = any($2) and used_at is null and expires_at > now()
      returning`,
    to: `      where link_hash = $1 and purpose = any($2) and expires_at > now()
      returning`,
    noticedBy: ['db/email-challenges.test.ts'],
  },
  {
    guarantee: 'guesses at a mailed code are counted',
    file: 'db/email-challenges.ts',
    from: 'and used_at is null and expires_at > now() and attempts < $4',
    to: 'and used_at is null and expires_at > now() and $4 > 0',
    noticedBy: ['db/email-challenges.test.ts'],
  },
  {
    guarantee: 'an outage is never invalid_grant',
    file: 'server/src/provider/answers.ts',
    from: 'if (notes.error instanceof DatabaseUnavailable ||',
    to: 'if (',
    noticedBy: ['server/test/faults/database-outage.test.ts'],
  },
]
