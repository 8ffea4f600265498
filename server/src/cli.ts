import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { runCli } from './cli/program.ts'
import { environment } from './config.ts'

const { stdin, stdout } = process

// `… | head` closes early: nobody is left to write to, and nothing is wrong.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await runCli(process.argv.slice(2), {
  env: environment(),
  out: (line) => void stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  readInput: () => text(stdin),
  ask: stdin.isTTY && stdout.isTTY ? ask : undefined,
})

async function ask(question: string): Promise<string> {
  const dialogue = createInterface({ input: stdin, output: stdout })
  try {
    return await dialogue.question(question)
  } finally {
    dialogue.close()
  }
}
