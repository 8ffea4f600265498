import type { Row, Spread } from './numbers.ts'
import type { Operation } from './operations.ts'
import { type System, systemTitles } from './system.ts'

/** Markdown, so that a result can stand in the docs as it is printed. */
export function tableOf(operations: Operation[], rows: Row[]): string {
  const lines = operations.flatMap(({ name, title }) =>
    rows.filter(({ operation }) => operation === name).map((row) => cellsOf(title, row)),
  )
  return aligned([
    [
      'operation',
      'system',
      'a second (least–most)',
      'ratio (least–most)',
      'p50 ms',
      'p99 ms',
      'round trips',
      'server µs',
      'database µs',
      'generator',
      'others',
    ],
    ...lines,
  ])
}

function cellsOf(title: string, row: Row): string[] {
  return [
    title,
    systemTitles[row.system],
    spread(row.rate, 0),
    row.ratio ? spread(row.ratio, 2) : '1',
    row.p50.toFixed(1),
    row.p99.toFixed(1),
    row.roundTrips?.toFixed(1) ?? '–',
    String(row.serverCpu),
    String(row.databaseCpu ?? '–'),
    percent(row.generatorShare),
    percent(row.otherShare),
  ]
}

const percent = (share: number) => `${Math.round(share * 100)} %`

const spread = ({ median, least, most }: Spread, digits: number) =>
  `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`

export function memoryTable(systems: { name: System['name']; idle: number; peak: number }[]) {
  return aligned([
    ['system', 'idle MB', 'highest MB'],
    ...systems.map(({ name, idle, peak }) => [systemTitles[name], String(idle), String(peak)]),
  ])
}

export function aligned([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}
