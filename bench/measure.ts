import type { Operation, OperationName, Step } from './operations.ts'
import { type Round, runRound } from './round.ts'
import type { System, SystemName } from './system.ts'

export interface Measured {
  operation: OperationName
  system: SystemName
  rounds: Round[]
}

export interface Plan {
  systems: System[]
  operations: Operation[]
  seconds: number
  rounds: number
  progress(line: string): void
}

/**
 * Every operation on every system in each round, in an order of chance: what the machine does
 * meanwhile then falls on all of them, and a ratio is taken within one round.
 */
export async function measure(plan: Plan): Promise<Measured[]> {
  const { systems, operations, rounds, progress } = plan
  const seconds = plan.seconds / rounds
  const cells: Cell[] = []
  for (const operation of operations) {
    for (const system of systems) cells.push(await prepared(operation, system, progress))
  }
  for (const cell of cells) await runCell(cell, Math.min(1, seconds))
  for (const cell of cells) cell.rounds.length = 0
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`)
    for (const operation of shuffled(operations)) {
      const group = cells.filter((cell) => cell.operation === operation)
      for (const cell of shuffled(group)) await runCell(cell, seconds)
    }
  }
  return cells.map(({ operation, system, rounds }) => ({
    operation: operation.name,
    system: system.name,
    rounds,
  }))
}

interface Cell {
  operation: Operation
  system: System
  stepOf: (lane: number) => Step
  rounds: Round[]
  /** Operations a second in the best round so far. */
  rate: number
}

async function prepared(
  operation: Operation,
  system: System,
  progress: Plan['progress'],
): Promise<Cell> {
  progress(`preparing ${operation.title} on ${system.name}`)
  return { operation, system, stepOf: await operation.prepare(system), rounds: [], rate: 2000 }
}

async function runCell(cell: Cell, seconds: number): Promise<void> {
  const { operation, system, stepOf } = cell
  if (operation.takesCodes) await system.supply.refill(Math.ceil(cell.rate * (seconds + 0.3) * 1.5))
  const round = await runRound(system, { stepOf, lanes: operation.connections }, seconds)
  cell.rounds.push(round)
  cell.rate = Math.max(...cell.rounds.map((each) => each.operations / each.seconds), 100)
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value)
}
