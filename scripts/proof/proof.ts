import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CitingTest, readCitations } from './citations.ts'

export interface Must {
  clause: string
  must: string
  /** Where a clause says several things: what the names of the tests for this one are about. */
  about?: string
}

export interface Threat {
  id: string
  attack: string
  answer: string
  /** Why it cannot happen yet. */
  later?: string
}

export interface Proof {
  musts: { specification: string; rows: Proven<Must>[] }[]
  threats: { section: string; rows: Proven<Threat>[] }[]
  /** What is promised and no test holds, and what tests cite that is not listed. */
  gaps: string[]
}

export type Proven<Row> = Row & { tests: CitingTest[] }

/** What docs/security promises, each with the tests that hold it. */
export function readProof(root: string): Proof {
  const tests = readCitations(root)
  const data = (name: string) => JSON.parse(readFileSync(join(root, 'docs/security', name), 'utf8'))
  const musts = (data('musts.json') as { specification: string; musts: Must[] }[]).map((one) => ({
    specification: one.specification,
    rows: one.musts.map((must) => ({ ...must, tests: testsOf(must, tests) })),
  }))
  const threats = (data('threats.json') as { section: string; threats: Threat[] }[]).map((one) => ({
    section: one.section,
    rows: one.threats.map((threat) => ({ ...threat, tests: citing(threat.id, tests) })),
  }))
  return { musts, threats, gaps: gapsIn(musts, threats) }
}

const citing = (id: string, tests: CitingTest[]) =>
  tests.filter(({ citations }) => citations.has(id))

const testsOf = ({ clause, about = '' }: Must, tests: CitingTest[]) =>
  citing(clause, tests).filter(({ name }) => new RegExp(about).test(name))

function gapsIn(musts: Proof['musts'], threats: Proof['threats']): string[] {
  const unheldMusts = musts
    .flatMap(({ rows }) => rows)
    .filter(({ tests }) => tests.length === 0)
    .map(({ clause, must }) => `no test cites ${clause}: ${must}`)
  const rows = threats.flatMap((section) => section.rows)
  const unheldThreats = rows
    .filter(({ tests, later }) => tests.length === 0 && later === undefined)
    .map(({ id, attack }) => `no test cites ${id}: ${attack}`)
  const early = rows
    .filter(({ tests, later }) => tests.length > 0 && later !== undefined)
    .map(({ id }) => `${id} is marked as later, but tests hold it`)
  return [...unheldMusts, ...unheldThreats, ...early]
}
