import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'

/** The file with its line broken; an error where the line is not there exactly once. */
export function mutated(source: string, { file, from, to }: Mutant): string {
  const [before, after, ...more] = source.split(from)
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${file} has not exactly once: ${from}`)
  }
  return before + to + after
}

/** Breaks the line for as long as work runs. */
export async function withMutant<T>(
  root: string,
  mutant: Mutant,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(root, mutant.file)
  const source = await readFile(path, 'utf8')
  await writeFile(path, mutated(source, mutant))
  try {
    return await work()
  } finally {
    await writeFile(path, source)
  }
}
