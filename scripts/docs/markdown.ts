import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** Every document that people read, by its path from the root. */
export const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort()

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

export interface Block {
  document: string
  /** Of its first line of code. */
  line: number
  language: string
  text: string
}

/** The fenced blocks of a document, in order. */
export function blocksOf(document: string): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined
  for (const [index, line] of read(document).split('\n').entries()) {
    const [, language] = /^```(\S*)$/.exec(line) ?? []
    if (language === undefined) {
      if (open) open.text += `${line}\n`
    } else if (open) {
      blocks.push(open)
      open = undefined
    } else {
      open = { document, line: index + 2, language, text: '' }
    }
  }
  if (open) throw new Error(`${document}:${open.line} is never closed`)
  return blocks
}

/** The document without its blocks, whose content is no Markdown. */
export function proseOf(document: string): string {
  return read(document).replaceAll(/^```[\s\S]*?^```$/gm, '')
}
