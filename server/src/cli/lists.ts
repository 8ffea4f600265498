import type { Command } from 'commander'
import type { Json } from './api-client.ts'

export function addPaging(command: Command): Command {
  return command
    .option('--limit <number>', 'how many, at most 100')
    .option('--cursor <cursor>', 'go on where the page before ended')
}

/** How to see the rest. */
export function morePages({ next_cursor: cursor }: Json): string {
  return cursor ? `\n\nThere are more: --cursor ${cursor}` : ''
}
