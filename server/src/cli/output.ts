import { stripVTControlCharacters } from 'node:util'
import type { Json } from './api-client.ts'

/** Rows under their headings, as wide as what stands in them. */
export function table(rows: Json[], columns: Record<string, string>): string {
  const names = Object.keys(columns)
  const lines = [
    Object.values(columns),
    ...rows.map((row) => names.map((name) => shown(row[name]))),
  ]
  const widths = names.map((_, index) => Math.max(...lines.map((line) => width(line[index] ?? ''))))
  return lines
    .map((line) =>
      line
        .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - width(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One thing, a line for each of its members that says something. */
export function details(item: Json): string {
  const names = Object.keys(item).filter((name) => shown(item[name]) !== '')
  const widest = Math.max(0, ...names.map(({ length }) => length))
  return names.map((name) => `${name.padEnd(widest)}  ${shown(item[name])}`).join('\n')
}

/** A value in a terminal: nobody's name may move the cursor or recolour the line. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map(shown).join(' ')
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return stripVTControlCharacters(text).replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, ' ')
}

const width = (text: string) => [...text].length
