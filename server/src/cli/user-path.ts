import { queryOf } from './api-client.ts'
import { CliError } from './cli-error.ts'
import type { Call } from './terminal.ts'

/** People have the address at hand, the API's paths take the id. */
export async function userPath(call: Call, user: string): Promise<string> {
  if (!user.includes('@')) return `users/${encodeURIComponent(user)}`
  const { items } = await call('GET', `users${queryOf({ search: user, limit: '100' })}`)
  const same = (other: string) => other.toLowerCase() === user.toLowerCase()
  const found = (items as { id: string; email: string }[]).find(({ email }) => same(email))
  if (!found) throw new CliError(`There is no user ${user}.`)
  return `users/${found.id}`
}
