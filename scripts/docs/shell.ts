import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'

interface ShellOptions {
  cwd: string
  env: Record<string, string>
}

/** One shell in which the blocks of a document run one after the other, as a reader would paste them. */
export class Shell {
  readonly #child: ChildProcessWithoutNullStreams
  #out = ''
  #err = ''
  #changed = Promise.withResolvers<void>()

  constructor({ cwd, env }: ShellOptions) {
    this.#child = spawn('sh', ['-e', '-u'], { cwd, env })
    this.#child.stdin.on('error', () => {}) // It has ended: run() says so.
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#out += chunk
      this.#wake()
    })
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#err += chunk
    })
    this.#child.on('close', () => this.#wake())
    // A reader sees an error that is answered; here it must fail.
    this.#child.stdin.write('curl() { command curl --fail-with-body "$@"; }\n')
  }

  /** What the block printed; rejects with what it said when one of its commands failed. */
  async run(block: string): Promise<string> {
    const end = `end of block ${randomUUID()}`
    this.#out = ''
    this.#err = ''
    this.#child.stdin.write(`{\n${block}\n} </dev/null\nprintf '\\n%s\\n' '${end}'\n`)
    for (;;) {
      const [printed = '', rest] = this.#out.split(end)
      if (rest !== undefined) return printed.trim()
      if (this.#child.exitCode !== null)
        throw new Error(`failed:\n${block}\n${this.#err}${printed}`)
      await this.#changed.promise
    }
  }

  close(): void {
    this.#child.kill()
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}
