import type { Configuration } from 'oidc-provider'
import type { CookieSigner } from '#web/cookie-signer.ts'

/**
 * __Host- holds the session to this host and to TLS (RFC 6265bis 4.1.3.2); the cookies of a pending
 * request are bound to its path, for which __Secure- is the most there is. On a plain http loopback
 * issuer there are no prefixes: browsers would drop such cookies.
 */
export function cookieOptions(
  issuer: string,
  keys: CookieSigner,
): NonNullable<Configuration['cookies']> {
  const secure = issuer.startsWith('https:')
  const common = { httpOnly: true, sameSite: 'lax', secure, signed: true, overwrite: true } as const
  return {
    keys,
    names: {
      session: secure ? '__Host-agpt_session' : 'agpt_session',
      interaction: secure ? '__Secure-agpt_interaction' : 'agpt_interaction',
      resume: secure ? '__Secure-agpt_resume' : 'agpt_resume',
    },
    long: { ...common, path: '/' },
    short: common,
  }
}
