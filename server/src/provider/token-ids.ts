import { createHash, createHmac } from 'node:crypto'

export const accessTokenPrefix = 'agpt_xt_'
export const refreshTokenPrefix = 'agpt_rt_'

/** What the database keeps of a code, token or cookie that has at least 128 random bits. */
export function hashOf(presented: string): Buffer {
  return createHash('sha256').update(presented).digest()
}

/**
 * The refresh token that follows this one, always the same: a client that lost the answer gets it
 * again, and no sibling can exist.
 */
export function successorOf(refreshToken: string, key: Buffer): string {
  const successor = createHmac('sha256', key).update(`refresh-successor\0${refreshToken}`)
  return refreshTokenPrefix + successor.digest('base64url')
}
