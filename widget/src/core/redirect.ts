import { fail } from './errors.ts'
import { type Answer, authorizeUrl, type Transaction } from './transaction.ts'
import type { SignInContext } from './types.ts'

/** A redirect's own transaction, in the storage of its tab until somebody takes the answer. */
export interface Left extends Transaction {
  /** The page that the person left. */
  page: string
  /** As soon as it is back; alone, where nobody left a page for it. */
  answer: Answer
}

const key = 'autogpt-signin'

export function keep(left: Partial<Left>): void {
  sessionStorage[key] = JSON.stringify(left)
}

export function kept(): Partial<Left> {
  try {
    return JSON.parse(sessionStorage[key])
  } catch {
    // Nothing was kept, or this is a frame without storage.
    return {}
  }
}

export function forget(): void {
  delete sessionStorage[key]
}

export const isFramed = (): boolean => self !== top

/** The page is left; whoever waits is gone with it, unless told to stop. */
export async function leave(
  url: string,
  signal: AbortSignal | undefined,
  left?: Partial<Left>,
): Promise<never> {
  // The server's pages refuse to be framed, and the page around is not ours to send away.
  if (isFramed()) fail('unsupported', 'in a frame use flow="popup"')
  if (left) keep(left)
  location.assign(url)
  return new Promise((_, reject) => signal?.addEventListener('abort', reject))
}

export const byRedirect = (transaction: Transaction, { signal }: SignInContext): Promise<Answer> =>
  leave(authorizeUrl(transaction), signal, { ...transaction, page: location.href })
