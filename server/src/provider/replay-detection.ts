import type { Provider } from 'oidc-provider'
import type { Db } from '#db/database.ts'
import { rememberOnce } from '#db/replay-records.ts'
import { hashOf } from './token-ids.ts'

/**
 * The library looks for a jti and then saves it: all of 20 at the same time passed. Here one
 * statement does both (RFC 9449 11.1, RFC 7523 3). Its own hash also runs issuer and jti together.
 */
export function detectReplays(provider: Provider, db: Db): void {
  // Its types do not show the class.
  const { ReplayDetection } = provider as unknown as { ReplayDetection: ReplayDetection }
  ReplayDetection.unique = (issuer, jti, expiresAt) =>
    rememberOnce(db, hashOf(JSON.stringify(['jti', issuer, jti])), expiresAt)
}

interface ReplayDetection {
  unique(issuer: string, jti: string, expiresAt: number): Promise<boolean>
}
