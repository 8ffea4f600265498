import type { SignInErrorCode } from './types.ts'

/** Why an attempt came to nothing; the message is for the developer. */
export class SignInError extends Error {
  declare readonly code: SignInErrorCode

  constructor(code: SignInErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export function fail(code: SignInErrorCode, message: string): never {
  throw new SignInError(code, message)
}

/** An error of the server's (RFC 6749 4.1.2.1, 5.2) as one of ours. */
export function failAs({ error = 'server_error', error_description = '' }): never {
  fail(
    /denied|required/.test(error)
      ? 'access_denied'
      : /^(in|un)/.test(error)
        ? 'config'
        : 'server_error',
    `${error} ${error_description}`,
  )
}
