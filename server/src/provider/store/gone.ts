import { errors } from 'oidc-provider'

/** SQLSTATE foreign_key_violation, not_null_violation and check_violation. */
const parentIsGone = new Set(['23503', '23502', '23514'])

/** A consent, account or client removed while its token was being made takes the token with it. */
export async function unlessGone<T>(stored: Promise<T>): Promise<T> {
  try {
    return await stored
  } catch (error) {
    if (!parentIsGone.has((error as { code?: string }).code ?? '')) throw error
    // biome-ignore lint/style/useErrorCause: the cause is the detail, and the client's answer
    throw new errors.InvalidGrant('what the token stands on was removed meanwhile')
  }
}
