import { z } from 'zod'
import { invalid } from '#web/wire.ts'

/** What every list takes. */
export const pageQuery = {
  // A153: whoever asks for a billion gets a hundred.
  limit: z.coerce
    .number({ error: 'Give a whole number from 1 to 100.' })
    .int()
    .min(1)
    .default(50)
    .transform((limit) => Math.min(limit, 100))
    .meta({ override: { type: 'integer', minimum: 1, maximum: 100, default: 50 } }),
  cursor: z.string().max(300).optional().meta({ description: 'next_cursor of the page before.' }),
}

export interface Position {
  createdAt: Date
  id: string
}

/** A page from one row more than was asked for: its presence says that there is a next one. */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  { item, cursor }: { item: (row: Row) => Item; cursor: (row: Row) => string },
) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(item),
    next_cursor: last && rows.length > limit ? cursor(last) : null,
  }
}

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().meta({ description: 'null on the last page.' }),
  })
}

/** Opaque on purpose: what orders a list may change. */
export const encodeCursor = (parts: (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url')

export const positionCursor = ({ createdAt, id }: Position): string =>
  encodeCursor([createdAt.toISOString(), id])

export function readPosition(cursor: string | undefined): Position | undefined {
  const parts = decode(cursor, z.tuple([z.iso.datetime(), z.uuid()]))
  return parts && { createdAt: new Date(parts[0]), id: parts[1] }
}

export function readSequence(cursor: string | undefined): number | undefined {
  return decode(cursor, z.tuple([z.int().positive()]))?.[0]
}

function decode<Schema extends z.ZodType>(cursor: string | undefined, schema: Schema) {
  if (cursor === undefined) return undefined
  const { success, data } = schema.safeParse(jsonIn(cursor))
  if (success) return data
  throw invalid([{ field: 'cursor', message: 'Give the next_cursor of a page, unchanged.' }])
}

function jsonIn(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return undefined
  }
}
