import { jwtVerify, SignJWT } from 'jose'

/** Whose dialog opened the window of continue_on, and for which request. */
export interface Binding {
  clientId: string
  redirectUri: string
  codeChallenge: string
  /** The page that asked. */
  origin: string
  accountId: string
}

/** Time enough to sign in anew and to read what is asked for. */
const lifetime = 15 * 60

/**
 * What the window's answer is bound to. Whatever IdentityProvider.resolve() is given goes to the page
 * that opened the dialog, wherever its window went meanwhile; so a request says, under a MAC, whose
 * dialog it is for (RFC 9700 4.17). JWS with HS256: it is read by nobody but us.
 */
export function fedcmBinding(keys: readonly Buffer[]) {
  const [current] = keys as readonly [Buffer]
  const typ = 'fedcm-binding+jwt'
  return {
    make: (binding: Binding, now = Date.now()): Promise<string> =>
      new SignJWT({ ...binding })
        .setProtectedHeader({ alg: 'HS256', typ })
        .setExpirationTime(Math.floor(now / 1000) + lifetime)
        .sign(current),

    /** What it says, if it is one of ours and its time is not over. */
    async read(sent: string): Promise<Binding | undefined> {
      for (const key of keys) {
        const options = { algorithms: ['HS256'], typ, requiredClaims: ['exp'] }
        const verified = await jwtVerify<Binding>(sent, key, options).catch(() => undefined)
        if (verified) return verified.payload
      }
      return undefined
    },
  }
}
