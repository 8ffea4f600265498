import { setTimeout as sleep } from 'node:timers/promises'
import { sqlStateOf } from './database-errors.ts'

/** Serialization failure and deadlock: the server undid all of it, and it may succeed when repeated. */
const undone = new Set(['40001', '40P01'])
const mostRetries = 3

/** After a first failure: work again, up to three times, where others were preferred to it. */
export async function retryWhenUndone<T>(failure: unknown, work: () => Promise<T>): Promise<T> {
  let error = failure
  for (let retry = 0; retry < mostRetries && undone.has(sqlStateOf(error)); retry += 1) {
    // Not at the same moment as those it stood against.
    await sleep(Math.random() * 20 * 2 ** retry)
    try {
      return await work()
    } catch (again) {
      error = again
    }
  }
  throw error
}
