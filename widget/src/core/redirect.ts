import type { Transaction } from './transaction.ts'

/** A redirect's own transaction, in the storage of its tab until it is back. */
export interface Left extends Transaction {
  /** The page that the person left. */
  page: string
  /** The answer, where it came to another page than that. */
  answer?: string
}

const key = 'autogpt-signin'

export function keep(left: Left): void {
  sessionStorage[key] = JSON.stringify(left)
}

/** What was kept, this once. */
export function take(): Left | undefined {
  try {
    const left = sessionStorage[key]
    delete sessionStorage[key]
    return JSON.parse(left)
  } catch {
    // Nothing was kept, or this is a frame without storage.
    return undefined
  }
}
