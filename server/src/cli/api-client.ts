import { CliError } from './cli-error.ts'
import type { Server } from './server-address.ts'

export type Json = Record<string, unknown>

/** One call of the admin API; a refusal becomes the message that the server gave. */
export async function callApi(
  { url, token }: Server,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: Json,
): Promise<Json> {
  const response = await fetch(`${url}/api/admin/${path}`, {
    method,
    redirect: 'error',
    headers: {
      Accept: 'application/json',
      Authorization: `Bearer ${token}`,
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new CliError(`No server answers at ${url}. Start one with: npm start`, 1, cause)
  })
  if (response.status === 204) return {}
  const answer = await response.json().catch(() => undefined)
  if (response.ok && isJson(answer)) return answer
  throw new CliError(refusal(response.status, isJson(answer) ? answer : {}, url))
}

/** A query string of what was given. */
export function queryOf(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
  return given.length > 0 ? `?${new URLSearchParams(given as [string, string][])}` : ''
}

function refusal(status: number, { detail, errors }: Json, url: string): string {
  if (status === 401) {
    return `The server at ${url} does not accept this admin token.\nPass the right one with --token or ADMIN_TOKEN.`
  }
  if (typeof detail !== 'string') {
    return `The server at ${url} answered ${status}. Is this the right address?`
  }
  const fields = Array.isArray(errors) ? errors.filter(isJson) : []
  return [detail, ...fields.map(({ field, message }) => `  ${field}: ${message}`)].join('\n')
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null
