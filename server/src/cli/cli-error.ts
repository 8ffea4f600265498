/** Ends the command with a message for the person who typed it. */
export class CliError extends Error {
  /** 1: the server said no or did not answer; 2: the command line is wrong. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CliError'
    this.exitCode = exitCode
  }
}
