import { fail, failAs } from './errors.ts'

/** Never with cookies: the tokens of an app are no matter of sessions. */
export async function getJson(url: string, init: RequestInit): Promise<Record<string, unknown>> {
  const signal = AbortSignal.timeout(30_000)
  const fails = () =>
    fail(signal.aborted ? 'timeout' : 'network', 'no answer; is this an allowed origin?')
  const response = await fetch(url, { ...init, credentials: 'omit', signal }).catch(fails)
  return response.ok
    ? response.json().catch(fails)
    : failAs(await response.json().catch(() => ({})))
}
