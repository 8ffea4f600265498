import type { Command } from 'commander'
import type { Json } from './api-client.ts'
import { appPath } from './app-path.ts'
import { addFields, bodyOf, type Field } from './fields.ts'
import { details, table } from './output.ts'
import { action, type Terminal } from './terminal.ts'

const fields: Field[] = [
  { name: 'expires_in_days', kind: 'number', help: 'days it is good for; no end unless given' },
]

export function addSecretCommands(app: Command, terminal: Terminal): void {
  const secret = app
    .command('secret')
    .description('rotate the secrets of an app: add one, deploy it, remove the old one')
  addFields(secret.command('add <app>').description('add a second secret'), fields).action(
    action(terminal, async ({ call, options, args: [id = ''] }) => {
      const path = `${await appPath(call, id)}/secrets`
      const answer = await call('POST', path, bodyOf(fields, options))
      const text = `${details(answer)}\n\nKeep the client_secret: it is not shown again.`
      return { answer, text }
    }),
  )
  secret
    .command('list <app>')
    .description('list the secrets, without their values')
    .action(
      action(terminal, async ({ call, args: [id = ''] }) => {
        const answer = await call('GET', `${await appPath(call, id)}/secrets`)
        const columns = { id: 'ID', hint: 'ENDS IN', created_at: 'CREATED', expires_at: 'EXPIRES' }
        return { answer, text: table(answer.items as Json[], columns) }
      }),
    )
  secret
    .command('remove <app> <secret-id>')
    .description('refuse a secret from now on')
    .action(
      action(terminal, async ({ call, args: [id = '', secretId = ''] }) => {
        const path = `${await appPath(call, id)}/secrets/${encodeURIComponent(secretId)}`
        return { answer: await call('DELETE', path), text: 'The secret is refused from now on.' }
      }),
    )
}
