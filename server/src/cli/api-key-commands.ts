import type { Command } from 'commander'
import { CliError } from './cli-error.ts'
import { addFields, bodyOf, type Field } from './fields.ts'
import { details } from './output.ts'
import { action, type Call, type Terminal } from './terminal.ts'
import { userPath } from './user-path.ts'

export const apiKeyColumns = {
  id: 'KEY',
  name: 'NAME',
  hint: 'ENDS IN',
  scopes: 'SCOPES',
  is_active: 'ACTIVE',
  expires_at: 'EXPIRES',
  last_used_at: 'LAST USED',
}

const allowedAddresses = {
  name: 'allowed_addresses',
  flag: 'allowed-address',
  kind: 'list',
  help: 'address or network (CIDR) it may come from; any unless given; repeatable',
} as const

export const newApiKeyFields: Field[] = [
  { name: 'name', kind: 'text', help: 'what the key is for' },
  { name: 'scopes', flag: 'scope', kind: 'list', help: 'what it may do; repeatable' },
  { name: 'expires_in_days', kind: 'number', help: 'days it is good for; 90 unless given' },
  { name: 'requests_per_minute', kind: 'number', help: 'calls it may make in a minute' },
  allowedAddresses,
]

export const apiKeyChangeFields: Field[] = [
  { name: 'name', kind: 'text', help: 'what the key is for' },
  { name: 'scopes', flag: 'scope', kind: 'list', help: 'what it may still do; repeatable' },
  {
    name: 'requests_per_minute',
    kind: 'clearable-number',
    help: 'calls it may make in a minute; an empty value ends the limit',
  },
  allowedAddresses,
]

export const ofUser = '--user <user>'
const whose = 'whose key it is, by id or e-mail address'

export const apiKeyPath = async (call: Call, user: string, id: string): Promise<string> =>
  `${await userPath(call, user)}/api-keys/${encodeURIComponent(id)}`

/** What an administrator does with the API keys of a person, beside listing and revoking them. */
export function addApiKeyCommands(key: Command, terminal: Terminal): void {
  addCreate(key, terminal)
  addUpdate(key, terminal)
  addSwitch(key, terminal, 'suspend', false)
  addSwitch(key, terminal, 'resume', true)
}

function addCreate(key: Command, terminal: Terminal): void {
  addFields(key.command('create').description('make an API key for a user'), newApiKeyFields, [
    'name',
    'scopes',
  ])
    .requiredOption(ofUser, 'for whom it acts, by id or e-mail address')
    .addHelpText('after', createExample)
    .action(
      action(terminal, async ({ call, options }) => {
        const path = `${await userPath(call, String(options.user))}/api-keys`
        const answer = await call('POST', path, bodyOf(newApiKeyFields, options))
        const text = `${details(answer)}\n\nKeep the key: it is not shown again.`
        return { answer, text }
      }),
    )
}

const createExample = `
Example:
  key create --user ada@example.com --name "Nightly report" --scope READ_RUN`

function addUpdate(key: Command, terminal: Terminal): void {
  const update = key
    .command('update <key>')
    .description('change what is given of an API key, nothing else; scopes are never widened')
  addFields(update, apiKeyChangeFields)
    .requiredOption(ofUser, whose)
    .action(
      action(terminal, async ({ call, options, args: [id = ''] }) => {
        const body = bodyOf(apiKeyChangeFields, options)
        if (Object.keys(body).length === 0) throw new CliError('Give at least one change.', 2)
        const answer = await call('PATCH', await apiKeyPath(call, String(options.user), id), body)
        return { answer, text: details(answer) }
      }),
    )
}

function addSwitch(key: Command, terminal: Terminal, verb: string, isActive: boolean): void {
  key
    .command(`${verb} <key>`)
    .description(
      isActive
        ? 'let an API key work again'
        : 'refuse an API key until an administrator lets it work again',
    )
    .requiredOption(ofUser, whose)
    .action(
      action(terminal, async ({ call, options, args: [id = ''] }) => {
        const path = await apiKeyPath(call, String(options.user), id)
        const answer = await call('PATCH', path, { is_active: isActive })
        return { answer, text: `${answer.name} ${isActive ? 'works again' : 'is suspended'}.` }
      }),
    )
}
