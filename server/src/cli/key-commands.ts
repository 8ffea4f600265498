import type { Command } from 'commander'
import type { Json } from './api-client.ts'
import { addFields, bodyOf, type Field } from './fields.ts'
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

const apiKeyColumns = {
  id: 'KEY',
  name: 'NAME',
  hint: 'ENDS IN',
  scopes: 'SCOPES',
  is_active: 'ACTIVE',
  expires_at: 'EXPIRES',
  last_used_at: 'LAST USED',
}

const apiKeyFields: Field[] = [
  { name: 'name', kind: 'text', help: 'what the key is for' },
  { name: 'scopes', flag: 'scope', kind: 'list', help: 'what it may do; repeatable' },
  { name: 'expires_in_days', kind: 'number', help: 'days it is good for; 90 unless given' },
  { name: 'requests_per_minute', kind: 'number', help: 'calls it may make in a minute' },
  {
    name: 'allowed_addresses',
    flag: 'allowed-address',
    kind: 'list',
    help: 'address or network (CIDR) it may come from; any unless given; repeatable',
  },
]

const ofUser = '--user <user>'

/** API keys, which a person has, and the keys that sign ID tokens, which nobody has. */
export function addKeyCommands(program: Command, terminal: Terminal): void {
  const key = program
    .command('key')
    .description('the keys that sign ID tokens and, with --user, somebody’s API keys')
  addCreate(key, terminal)
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
          const path = `${await userPath(call, user)}/api-keys/${encodeURIComponent(id)}`
          return { answer: await call('DELETE', path), text: 'The key is refused from now on.' }
        }
        const answer = await call('POST', `keys/${encodeURIComponent(id)}/revoke`)
        return { answer, text: details(answer) }
      }),
    )
}

function addCreate(key: Command, terminal: Terminal): void {
  addFields(key.command('create').description('make an API key for a user'), apiKeyFields, [
    'name',
    'scopes',
  ])
    .requiredOption(ofUser, 'for whom it acts, by id or e-mail address')
    .addHelpText('after', createExample)
    .action(
      action(terminal, async ({ call, options }) => {
        const path = `${await userPath(call, String(options.user))}/api-keys`
        const answer = await call('POST', path, bodyOf(apiKeyFields, options))
        const text = `${details(answer)}\n\nKeep the key: it is not shown again.`
        return { answer, text }
      }),
    )
}

const createExample = `
Example:
  key create --user ada@example.com --name "Nightly report" --scope READ_RUN`
