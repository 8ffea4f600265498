import { parseArgs } from 'node:util'
import { type OperationName, operationNames } from './operations.ts'
import { type SystemName, systemNames } from './system.ts'

export interface Options {
  /** Measured for each operation on each system, over all rounds. */
  seconds: number
  rounds: number
  only: readonly OperationName[]
  /** What the gateway adds to a call, too. */
  gateway: boolean
  /** How large a body streams through the gateway. */
  megabytes: number
  on: readonly SystemName[]
  /** Another checkout, measured beside this one. */
  against: string | undefined
  /** Live tokens of the larger of two databases that are compared. */
  tokens: number | undefined
  profile: boolean
  json: string
}

export const usage = `npm run bench -- [options]
  --seconds N      measured for each operation on each system (6)
  --rounds N       they are spread over so many rounds (5)
  --only NAMES     of ${operationNames.join(', ')}, gateway
  --on NAMES       of memory, pglite, postgres
  --against DIR    also another checkout, on the same PostgreSQL
  --megabytes N    how large a body streams through the gateway (1024)
  --tokens N       compare PostgreSQL with 10,000 and with N live tokens instead
  --profile        profile instead, PostgreSQL unless --on says otherwise: what each operation costs and where
  --json FILE      where the numbers go (bench/results/latest.json)
`

const gateway = 'gateway'

/** The command line asks for what there is not; its message says what there is. */
export class OptionError extends Error {}

export function readOptions(args: string[]): Options {
  const values = parsed(args)
  const all = values.profile ? 'postgres' : 'memory,pglite,postgres'
  const on: SystemName[] = among('--on', values.on ?? all, systemNames)
  const usual = values.tokens
    ? 'code,refresh,introspection,client-credentials'
    : [...operationNames, gateway].join()
  const only = among('--only', values.only ?? usual, [...operationNames, gateway] as const)
  return {
    seconds: positive('--seconds', values.seconds),
    rounds: positive('--rounds', values.rounds),
    only: operationNames.filter((name) => only.includes(name)),
    gateway: only.includes(gateway),
    megabytes: positive('--megabytes', values.megabytes),
    on: values.against ? [...on, 'other'] : on,
    against: values.against,
    tokens: values.tokens === undefined ? undefined : positive('--tokens', values.tokens),
    profile: values.profile,
    json: values.json,
  }
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        seconds: { type: 'string', default: '6' },
        rounds: { type: 'string', default: '5' },
        only: { type: 'string' },
        on: { type: 'string' },
        against: { type: 'string' },
        megabytes: { type: 'string', default: '1024' },
        tokens: { type: 'string' },
        profile: { type: 'boolean', default: false },
        json: { type: 'string', default: new URL('results/latest.json', import.meta.url).pathname },
      },
    }).values
  } catch (cause) {
    throw new OptionError((cause as Error).message, { cause })
  }
}

function positive(option: string, text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new OptionError(`${option}: give a number above 0`)
  return number
}

function among<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  const names = text.split(',')
  const unknown = names.filter((name) => !known.includes(name as T))
  if (unknown.length > 0)
    throw new OptionError(`${option}: ${unknown} is none of ${known.join(', ')}`)
  return known.filter((name) => names.includes(name))
}
