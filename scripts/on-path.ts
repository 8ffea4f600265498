import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The first of these programs that the PATH has, or of these files that exist. */
export function findProgram(names: string[], files: string[] = []): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...onPath, ...files].find((path) => existsSync(path))
}
