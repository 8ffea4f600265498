import type { Command } from 'commander'
import { type Json, queryOf } from './api-client.ts'
import { addPaging, morePages } from './lists.ts'
import { table } from './output.ts'
import { action, type Terminal } from './terminal.ts'

export function addAuditCommands(program: Command, terminal: Terminal): void {
  const audit = program.command('audit').description('what happened')
  addPaging(audit.command('list').description('list events, newest first'))
    .option('--actor <id>', 'only what this user or app did')
    .option('--app <id>', 'only what was done to this app')
    .option('--user <id>', 'only what was done to this user')
    .option('--kind <kind>', 'only this kind, such as app.created')
    .option('--since <time>', 'such as 2026-11-01T00:00:00Z')
    .option('--until <time>', 'such as 2026-12-01T00:00:00Z')
    .action(
      action(terminal, async ({ call, options }) => {
        const { limit, cursor, actor, app, user } = options as Record<string, string>
        const { kind, since, until } = options as Record<string, string>
        const filter = { limit, cursor, actor, app, user, kind, since, until }
        const answer = await call('GET', `audit${queryOf(filter)}`)
        const text = table(answer.items as Json[], {
          at: 'TIME',
          kind: 'KIND',
          actor_type: 'BY',
          actor: 'ACTOR',
          user: 'USER',
          app: 'APP',
        })
        return { answer, text: text + morePages(answer) }
      }),
    )
}
