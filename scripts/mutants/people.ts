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
    file: 'server/src/gateway/me.ts',
    from: "if (!credential.scopes.includes('IDENTITY')) {",
    to: 'if (false) {',
    noticedBy: [http('me')],
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
