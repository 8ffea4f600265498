/** The server that a script came from, by the addresses it serves the widget at. */
export const issuerOf = (script = ''): string | undefined =>
  /^(.+)\/widget\/[^/]+\/[^/]+$/.exec(script)?.[1]
