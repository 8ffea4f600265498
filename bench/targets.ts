import type { Row } from './numbers.ts'
import type { Operation } from './operations.ts'

/** MB of an idle server on PostgreSQL. */
const idleMemoryTarget = 150

/** What was set out to be reached on PostgreSQL, and whether it is. */
export function targetLines(
  operations: Operation[],
  rows: Row[],
  idleMemory: number | undefined,
): string[] {
  const ratios = operations.flatMap(({ name, title, target }) => {
    const row = rows.find(({ operation, system }) => operation === name && system === 'postgres')
    if (target === undefined || !row?.ratio) return []
    return [
      verdict(`${title}, ratio at least ${target}`, row.ratio.median, row.ratio.median >= target),
    ]
  })
  const memory =
    idleMemory === undefined
      ? []
      : [
          verdict(
            `idle memory at most ${idleMemoryTarget} MB`,
            idleMemory,
            idleMemory <= idleMemoryTarget,
          ),
        ]
  return [...ratios, ...memory]
}

export const verdict = (what: string, value: number, reached: boolean): string =>
  `${reached ? 'reached' : 'not reached'}: ${what}: ${value}`
