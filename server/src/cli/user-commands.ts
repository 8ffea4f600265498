import type { Command } from 'commander'
import { type Json, queryOf } from './api-client.ts'
import { CliError } from './cli-error.ts'
import { addFields, bodyOf, type Field } from './fields.ts'
import { addPaging, morePages } from './lists.ts'
import { details, table } from './output.ts'
import { action, confirm, type Terminal } from './terminal.ts'
import { userPath } from './user-path.ts'

/** Every field of a user. */
export const userFields: Field[] = [
  { name: 'email', kind: 'text', help: 'e-mail address to sign in with' },
  { name: 'password', kind: 'text', help: 'seen by others on this machine; see --password-stdin' },
  { name: 'name', kind: 'text', help: 'display name' },
  { name: 'timezone', kind: 'text', help: 'such as Europe/Berlin' },
  { name: 'roles', flag: 'role', kind: 'list', help: 'admin; an empty value takes it away' },
  { name: 'email_verified', kind: 'switch', help: 'whether the address is taken as theirs' },
]

export function addUserCommands(program: Command, terminal: Terminal): void {
  const user = program.command('user').description('look after people’s accounts')
  addCreate(user, terminal)
  addPaging(user.command('list').description('list users, newest first'))
    .option('--search <text>', 'part of the e-mail address or name')
    .action(
      action(terminal, async ({ call, options }) => {
        const { limit, cursor, search } = options as Record<string, string>
        const answer = await call('GET', `users${queryOf({ limit, cursor, search })}`)
        const text = table(answer.items as Json[], {
          id: 'ID',
          email: 'E-MAIL',
          name: 'NAME',
          roles: 'ROLES',
          is_active: 'ACTIVE',
        })
        return { answer, text: text + morePages(answer) }
      }),
    )
  user
    .command('show <user>')
    .description('show a user, by id or e-mail address')
    .action(
      action(terminal, async ({ call, args: [id = ''] }) => {
        const answer = await call('GET', await userPath(call, id))
        return { answer, text: details(answer) }
      }),
    )
  addUpdate(user, terminal)
  addSwitch(user, terminal, 'enable', true)
  addSwitch(user, terminal, 'disable', false)
  addDelete(user, terminal)
}

function addCreate(user: Command, terminal: Terminal): void {
  addFields(user.command('create').description('create a user'), userFields, ['email'])
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText('after', createExamples)
    .action(
      action(terminal, async ({ call, options }) => {
        const answer = await call('POST', 'users', await bodyWithPassword(terminal, options))
        const once = answer.set_up_link ? '\n\nSend set_up_link to the person: it works once.' : ''
        return { answer, text: details(answer) + once }
      }),
    )
}

const createExamples = `
Without a password the answer has a link on which the person chooses one.

Examples:
  user create --email ada@example.com --name "Ada Lovelace"
  user create --email ada@example.com --role admin --password-stdin < password.txt`

function addUpdate(user: Command, terminal: Terminal): void {
  const update = user.command('update <user>').description('change what is given, nothing else')
  addFields(update, userFields)
    .option('--password-stdin', 'read the password from standard input')
    .action(
      action(terminal, async ({ call, options, args: [id = ''] }) => {
        const body = await bodyWithPassword(terminal, options)
        if (Object.keys(body).length === 0) throw new CliError('Give at least one change.', 2)
        const answer = await call('PATCH', await userPath(call, id), body)
        return { answer, text: details(answer) }
      }),
    )
}

function addSwitch(user: Command, terminal: Terminal, verb: string, isActive: boolean): void {
  user
    .command(`${verb} <user>`)
    .description(isActive ? 'let a user sign in again' : 'end sessions and tokens at once')
    .action(
      action(terminal, async ({ call, args: [id = ''] }) => {
        const answer = await call('PATCH', await userPath(call, id), { is_active: isActive })
        return { answer, text: `${answer.email} is ${isActive ? 'enabled' : 'disabled'}.` }
      }),
    )
}

function addDelete(user: Command, terminal: Terminal): void {
  user
    .command('delete <user>')
    .description('delete a user with all that is theirs, their apps too')
    .option('--yes', 'do not ask')
    .action(
      action(terminal, async ({ call, options, args: [id = ''] }) => {
        const path = await userPath(call, id)
        await confirm(terminal, `Delete ${id} and all that is theirs?`, options)
        return { answer: await call('DELETE', path), text: `${id} is deleted.` }
      }),
    )
}

async function bodyWithPassword(terminal: Terminal, options: Json): Promise<Json> {
  const body = bodyOf(userFields, options)
  if (!options.passwordStdin) return body
  if (body.password) throw new CliError('Give --password or --password-stdin, not both.', 2)
  // echo and files end in a line break that nobody means.
  return { ...body, password: (await terminal.readInput()).replace(/\r?\n$/, '') }
}
