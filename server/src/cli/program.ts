import { Command, CommanderError } from 'commander'
import { addAppCommands } from './app-commands.ts'
import { addAuditCommands } from './audit-commands.ts'
import { CliError } from './cli-error.ts'
import { addKeyCommands } from './key-commands.ts'
import type { Terminal } from './terminal.ts'
import { addUserCommands } from './user-commands.ts'

/** Runs one command line; 0 done, 1 the server said no or is away, 2 the command line is wrong. */
export async function runCli(args: string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    await cliProgram(terminal).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // commander has said already what is wrong with the line, or printed the help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof CliError)) throw error
    terminal.err(error.message)
    return error.exitCode
  }
}

function cliProgram(terminal: Terminal): Command {
  const program = new Command('npm run --silent cli --')
    .description('AutoGPT SSO from a terminal: the admin API of a running server.')
    .option('--url <address>', 'the server; otherwise the one that runs on this machine')
    .option('--token <token>', 'admin token; otherwise ADMIN_TOKEN, or the local server’s own')
    .option('--json', 'print the answer of the API')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride()
    .addHelpText('after', examples)
  addAppCommands(program, terminal)
  addUserCommands(program, terminal)
  addKeyCommands(program, terminal)
  addAuditCommands(program, terminal)
  return program
}

const examples = `
Examples:
  npm run --silent cli -- app create --name "My App" --redirect-uri http://localhost:9876/callback --scope IDENTITY --json
  npm run --silent cli -- user create --email ada@example.com --name "Ada Lovelace"
  npm run --silent cli -- audit list --kind app.created`
