import type { Command } from 'commander'
import { type Json, queryOf } from './api-client.ts'
import { appFields, changeableAppFields } from './app-fields.ts'
import { appPath } from './app-path.ts'
import { CliError } from './cli-error.ts'
import { addFields, bodyOf } from './fields.ts'
import { addPaging, morePages } from './lists.ts'
import { details, table } from './output.ts'
import { addSecretCommands } from './secret-commands.ts'
import { action, confirm, type Terminal } from './terminal.ts'

export function addAppCommands(program: Command, terminal: Terminal): void {
  const app = program.command('app').description('register and look after apps')
  addCreate(app, terminal)
  addPaging(app.command('list').description('list apps, newest first'))
    .option('--owner <user-id>', 'only the apps of this user')
    .action(
      action(terminal, async ({ call, options }) => {
        const { limit, cursor, owner } = options as Record<string, string>
        const answer = await call('GET', `apps${queryOf({ limit, cursor, owner })}`)
        const text = table(answer.items as Json[], {
          id: 'ID',
          client_id: 'CLIENT ID',
          name: 'NAME',
          type: 'TYPE',
          is_active: 'ACTIVE',
        })
        return { answer, text: text + morePages(answer) }
      }),
    )
  app
    .command('show <app>')
    .description('show an app, by id or client_id')
    .action(
      action(terminal, async ({ call, args: [id = ''] }) => {
        const answer = await call('GET', await appPath(call, id))
        return { answer, text: details(answer) }
      }),
    )
  addUpdate(app, terminal)
  addSwitch(app, terminal, 'enable', true)
  addSwitch(app, terminal, 'disable', false)
  addDelete(app, terminal)
  addSecretCommands(app, terminal)
}

function addCreate(app: Command, terminal: Terminal): void {
  addFields(app.command('create').description('register an app'), appFields, ['name'])
    .addHelpText('after', createExamples)
    .action(
      action(terminal, async ({ call, options }) => {
        const answer = await call('POST', 'apps', { scopes: [], ...bodyOf(appFields, options) })
        const once = answer.client_secret
          ? '\n\nKeep the client_secret: it is not shown again.'
          : ''
        return { answer, text: details(answer) + once }
      }),
    )
}

const createExamples = `
Examples:
  app create --name "My App" --redirect-uri https://my.app/callback --scope IDENTITY
  app create --name "My App" --type spa --redirect-uri http://localhost:5173/callback --scope IDENTITY --scope RUN_AGENT --optional-scope RUN_AGENT
  app create --name "Nightly job" --type machine --scope READ_STORE`

function addUpdate(app: Command, terminal: Terminal): void {
  const update = app.command('update <app>').description('change what is given, nothing else')
  addFields(update, changeableAppFields)
    .addHelpText('after', updateExamples)
    .action(
      action(terminal, async ({ call, options, args: [id = ''] }) => {
        const body = bodyOf(changeableAppFields, options)
        if (Object.keys(body).length === 0) throw new CliError('Give at least one change.', 2)
        const answer = await call('PATCH', await appPath(call, id), body)
        return { answer, text: details(answer) }
      }),
    )
}

const updateExamples = `
Lists replace what was there; an empty value clears it.

Examples:
  app update agpt_client_… --redirect-uri https://my.app/callback --redirect-uri https://beta.my.app/callback
  app update agpt_client_… --website "" --no-approved`

function addSwitch(app: Command, terminal: Terminal, verb: string, isActive: boolean): void {
  const effect = isActive ? 'let an app work again' : 'stop an app and its tokens at once'
  app
    .command(`${verb} <app>`)
    .description(effect)
    .action(
      action(terminal, async ({ call, args: [id = ''] }) => {
        const answer = await call('PATCH', await appPath(call, id), { is_active: isActive })
        return { answer, text: `${answer.name} is ${isActive ? 'enabled' : 'disabled'}.` }
      }),
    )
}

function addDelete(app: Command, terminal: Terminal): void {
  app
    .command('delete <app>')
    .description('delete an app with its secrets, consents and tokens')
    .option('--yes', 'do not ask')
    .action(
      action(terminal, async ({ call, options, args: [id = ''] }) => {
        const path = await appPath(call, id)
        await confirm(terminal, `Delete ${id} and all that is its?`, options)
        return { answer: await call('DELETE', path), text: `${id} is deleted.` }
      }),
    )
}
