import type { Command } from 'commander'
import type { Json } from './api-client.ts'
import { addApiKeyCommands, apiKeyColumns, apiKeyPath, ofUser } from './api-key-commands.ts'
import { details, table } from './output.ts'
import { action, type Terminal } from './terminal.ts'
import { userPath } from './user-path.ts'

const columns = {
  kid: 'KEY',
  algorithm: 'ALGORITHM',
  state: 'STATE',
  created_at: 'CREATED',
  signs_from: 'SIGNS FROM',
}

/** API keys, which a person has, and the keys that sign ID tokens, which nobody has. */
export function addKeyCommands(program: Command, terminal: Terminal): void {
  const key = program
    .command('key')
    .description('the keys that sign ID tokens and, with --user, somebody’s API keys')
  addApiKeyCommands(key, terminal)
  key
    .command('list')
    .description('list the signing keys or somebody’s API keys, newest first')
    .option(ofUser, 'API keys of this user, by id or e-mail address')
    .action(
      action(terminal, async ({ call, options }) => {
        const { user } = options as Record<string, string>
        const path = user ? `${await userPath(call, user)}/api-keys` : 'keys'
        const answer = await call('GET', path)
        const shown = user ? apiKeyColumns : columns
        return { answer, text: table(answer.items as Json[], shown) }
      }),
    )
  key
    .command('rotate')
    .description('let the waiting signing keys sign; what the earlier ones signed stays valid')
    .action(
      action(terminal, async ({ call }) => {
        const answer = await call('POST', 'keys/rotate')
        return { answer, text: table(answer.items as Json[], columns) }
      }),
    )
  key
    .command('revoke <key>')
    .description('refuse an API key; or a signing key that somebody else may have')
    .option(ofUser, 'whose API key it is, by id or e-mail address')
    .action(
      action(terminal, async ({ call, options, args: [id = ''] }) => {
        const { user } = options as Record<string, string>
        if (user) {
          const answer = await call('DELETE', await apiKeyPath(call, user, id))
          return { answer, text: 'The key is refused from now on.' }
        }
        const answer = await call('POST', `keys/${encodeURIComponent(id)}/revoke`)
        return { answer, text: details(answer) }
      }),
    )
}
