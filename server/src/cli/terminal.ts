import type { Command } from 'commander'
import { callApi, type Json } from './api-client.ts'
import { CliError } from './cli-error.ts'
import { findServer } from './server-address.ts'

/** The world around a command, so that a test can be it. */
export interface Terminal {
  env: Record<string, string | undefined>
  out(text: string): void
  err(text: string): void
  /** Everything on standard input. */
  readInput(): Promise<string>
  /** Undefined where nobody sits who could be asked. */
  ask?: ((question: string) => Promise<string>) | undefined
}

export type Call = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: Json,
) => Promise<Json>

interface Request {
  call: Call
  options: Json
  /** What stands without a flag, such as the app's id. */
  args: string[]
}

/** What a command does, with the server found and the answer printed as --json asks. */
export function action(
  terminal: Terminal,
  run: (request: Request) => Promise<{ answer: Json; text: string }>,
) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command
    const options: Json = command.optsWithGlobals()
    const { url, token } = options as { url?: string; token?: string }
    const server = await findServer({ url, token, env: terminal.env })
    const call: Call = (...request) => callApi(server, ...request)
    const { answer, text } = await run({ call, options, args: command.args })
    terminal.out(options.json ? JSON.stringify(answer, undefined, 2) : text)
  }
}

/** Asks a person before something is gone for good; scripts are taken at their word. */
export async function confirm(terminal: Terminal, question: string, options: Json): Promise<void> {
  if (options.yes || !terminal.ask) return
  const reply = await terminal.ask(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(reply.trim())) throw new CliError('Nothing was done.')
}
