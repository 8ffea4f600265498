import { queryOf } from './api-client.ts'
import { CliError } from './cli-error.ts'
import type { Call } from './terminal.ts'

/** People have the client_id at hand, the API's paths take the id. */
export async function appPath(call: Call, app: string): Promise<string> {
  if (!app.startsWith('agpt_client_')) return `apps/${encodeURIComponent(app)}`
  const { items } = await call('GET', `apps${queryOf({ client_id: app })}`)
  const [found] = items as { id: string }[]
  if (!found) throw new CliError(`There is no app ${app}.`)
  return `apps/${found.id}`
}
