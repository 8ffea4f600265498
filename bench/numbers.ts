import type { Measured } from './measure.ts'
import type { OperationName } from './operations.ts'
import type { Round } from './round.ts'
import type { SystemName } from './system.ts'

/** What the rounds of one operation on one system come to. */
export interface Row {
  operation: OperationName
  system: SystemName
  operations: number
  failures: number
  firstFailure: string | undefined
  /** A second: the median of the rounds, and the least and the most. */
  rate: Spread
  /** To the ceiling within the same round. */
  ratio: Spread | undefined
  p50: number
  p99: number
  roundTrips: number | undefined
  /** µs of CPU time for one operation: the median of the rounds. */
  serverCpu: number
  databaseCpu: number | undefined
  generatorCpu: number
  /** Of one core, while it ran. */
  generatorShare: number
  /** Of one core: what had nothing to do with it. */
  otherShare: number
}

export interface Spread {
  median: number
  least: number
  most: number
}

export function rowsOf(measured: Measured[], ceiling: SystemName): Row[] {
  return measured.map((cell) => rowOf(cell, ceilingOf(measured, cell, ceiling)))
}

const ceilingOf = (all: Measured[], { operation, system }: Measured, ceiling: SystemName) =>
  system === ceiling
    ? undefined
    : all.find((other) => other.operation === operation && other.system === ceiling)

const rateOf = ({ operations, seconds }: { operations: number; seconds: number }) =>
  operations / seconds

function rowOf({ operation, system, rounds }: Measured, ceiling: Measured | undefined): Row {
  const sum = (value: (round: Round) => number | undefined) =>
    rounds.reduce<number | undefined>((total, round) => add(total, value(round)), 0)
  const operations = sum((round) => round.operations) ?? 0
  const each = (total: number | undefined) => total && total / operations
  const latencies = rounds.flatMap((round) => round.latencies).sort((a, b) => a - b)
  const perOperation = (value: (round: Round) => number | undefined) => {
    const each = rounds.flatMap((round) => {
      const ms = value(round)
      return ms === undefined ? [] : [(ms * 1000) / round.operations]
    })
    return each.length === 0 ? undefined : spreadOf(each, 0).median
  }
  const shareOf = (value: (round: Round) => number) =>
    rounded(
      rounds.reduce((ms, round) => ms + value(round), 0) /
        1000 /
        (sum((round) => round.seconds) ?? 1),
      2,
    )
  return {
    operation,
    system,
    operations,
    failures: sum((round) => round.failures) ?? 0,
    firstFailure: rounds.find(({ firstFailure }) => firstFailure)?.firstFailure,
    rate: spreadOf(rounds.map(rateOf), 0),
    ratio:
      ceiling &&
      spreadOf(
        rounds.map((round, index) => rateOf(round) / rateOf(ceiling.rounds[index] ?? round)),
        3,
      ),
    p50: rounded(quantile(latencies, 0.5), 2),
    p99: rounded(quantile(latencies, 0.99), 2),
    roundTrips: system === 'memory' ? undefined : each(sum((round) => round.statements)),
    serverCpu: perOperation((round) => round.serverCpu) ?? 0,
    databaseCpu: perOperation((round) => round.databaseCpu),
    generatorCpu: perOperation((round) => round.generatorCpu) ?? 0,
    generatorShare: shareOf((round) => round.generatorCpu),
    otherShare: shareOf((round) => round.otherCpu),
  }
}

const add = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a + b

function spreadOf(values: number[], digits: number): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return {
    median: rounded(medianOf(sorted), digits),
    least: rounded(sorted[0] ?? 0, digits),
    most: rounded(sorted.at(-1) ?? 0, digits),
  }
}

function medianOf(sorted: number[]): number {
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}

const quantile = (sorted: number[], part: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0

const rounded = (value: number, digits: number) => Number(value.toFixed(digits))
