import type { Command } from 'commander'
import type { Json } from './api-client.ts'
import { details, table } from './output.ts'
import { action, type Terminal } from './terminal.ts'

const columns = {
  kid: 'KEY',
  algorithm: 'ALGORITHM',
  state: 'STATE',
  created_at: 'CREATED',
  signs_from: 'SIGNS FROM',
}

export function addKeyCommands(program: Command, terminal: Terminal): void {
  const key = program.command('key').description('the keys that sign ID tokens')
  key
    .command('list')
    .description('list them, newest first')
    .action(
      action(terminal, async ({ call }) => {
        const answer = await call('GET', 'keys')
        return { answer, text: table(answer.items as Json[], columns) }
      }),
    )
  key
    .command('rotate')
    .description('let the waiting keys sign; what the earlier ones signed stays valid')
    .action(
      action(terminal, async ({ call }) => {
        const answer = await call('POST', 'keys/rotate')
        return { answer, text: table(answer.items as Json[], columns) }
      }),
    )
  key
    .command('revoke <kid>')
    .description('somebody else may have it: refuse what it signed, and let the waiting key sign')
    .action(
      action(terminal, async ({ call, args: [kid = ''] }) => {
        const answer = await call('POST', `keys/${encodeURIComponent(kid)}/revoke`)
        return { answer, text: details(answer) }
      }),
    )
}
