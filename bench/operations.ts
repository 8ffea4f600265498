import { Connection } from './connection.ts'
import {
  authorizeWith,
  bodyOf,
  clientCredentials,
  exchangeOf,
  introspectionOf,
  refreshOf,
  signIn,
} from './requests.ts'
import type { System } from './system.ts'
import { connections, people } from './world.ts'

/** One operation on one connection; false when what it needs has run out. */
export type Step = (connection: Connection) => Promise<boolean>

export interface Operation {
  name: OperationName
  title: string
  /** The least ratio to the ceiling on PostgreSQL, where one was set. */
  target?: number
  /** Where it is not as many as all others. */
  connections?: number
  /** Codes that a round of this operation uses up, by its rate so far. */
  takesCodes?: boolean
  /** Makes ready what the operation works on, once for a system. */
  prepare(system: System): Promise<(lane: number) => Step>
}

export const operationNames = [
  'code',
  'refresh',
  'introspection',
  'client-credentials',
  'authorize',
  'sign-in',
] as const
export type OperationName = (typeof operationNames)[number]

export const operations: Operation[] = [
  {
    name: 'code',
    title: 'code exchange',
    target: 0.7,
    takesCodes: true,
    prepare: async ({ supply }) => {
      return () => async (connection) => {
        const code = supply.take()
        if (code === undefined) return false
        bodyOf(await connection.send(exchangeOf(code)))
        return true
      }
    },
  },
  {
    name: 'refresh',
    title: 'refresh',
    target: 0.7,
    prepare: async (system) => {
      const chains = (await tokensOf(system)).map(({ refreshToken }) => refreshToken)
      return rotate(chains)
    },
  },
  {
    name: 'introspection',
    title: 'introspection',
    target: 1.3,
    prepare: async (system) => {
      const tokens = (await tokensOf(system)).map(({ accessToken }) => accessToken)
      return introspect(() => tokens[Math.floor(Math.random() * tokens.length)] ?? '')
    },
  },
  {
    name: 'client-credentials',
    title: 'client credentials',
    target: 0.7,
    prepare: async () => () => async (connection) => {
      const { access_token: token } = bodyOf(await connection.send(clientCredentials))
      if (typeof token !== 'string') throw new Error('no token')
      return true
    },
  },
  {
    name: 'authorize',
    title: 'authorize, signed in',
    prepare: async (system) => {
      const cookies = await sessionsOf(system)
      return (lane) => {
        let turn = lane
        return async (connection) => {
          const cookie = cookies[turn % cookies.length] ?? ''
          turn += connections
          const { status, headers } = await connection.send(authorizeWith(cookie))
          const isCode = status === 303 && String(headers.location).includes('code=')
          if (!isCode) throw new Error(`${status} to ${headers.location}`)
          return true
        }
      }
    },
  },
  {
    name: 'sign-in',
    title: 'full sign-in',
    // More would wait for a place at the password hash longer than it lets anybody wait.
    connections: 8,
    prepare: async ({ origin }) => {
      return (lane) => {
        let turn = lane
        return async (connection) => {
          const { code } = await signIn(connection, origin, turn % people)
          turn += connections
          bodyOf(await connection.send(exchangeOf(code)))
          return true
        }
      }
    },
  },
]

/**
 * Each connection goes through chains of its own in turn: the in-memory adapter walks all tokens of a
 * grant at each rotation, which one long chain would make the slower the longer it runs.
 */
export function rotate(chains: string[]): (lane: number) => Step {
  return (lane) => {
    let turn = lane
    return async (connection) => {
      const index = turn % chains.length
      turn += connections
      const token = chains[index] ?? ''
      const answer = bodyOf(await connection.send(refreshOf(token)))
      chains[index] = String(answer.refresh_token)
      if (chains[index] === token) throw new Error('the refresh token was not rotated')
      return true
    }
  }
}

export function introspect(choose: () => string): (lane: number) => Step {
  return () => async (connection) => {
    const { active } = bodyOf(await connection.send(introspectionOf(choose())))
    if (active !== true) throw new Error('a living token is not active')
    return true
  }
}

const chainsPerConnection = 16

/** Tokens by real exchanges. */
async function tokensOf({ origin, supply }: System) {
  const count = connections * chainsPerConnection
  await supply.refill(count)
  return inParallel(origin, count, async (connection) => {
    const code = supply.take()
    if (code === undefined) throw new Error('too few codes were made')
    const answer = bodyOf(await connection.send(exchangeOf(code)))
    return {
      accessToken: String(answer.access_token),
      refreshToken: String(answer.refresh_token),
    }
  })
}

/** Cookies of people who are signed in and have said yes. */
function sessionsOf({ origin }: System): Promise<string[]> {
  return inParallel(origin, people, async (connection, person) => {
    const { browser } = await signIn(connection, origin, person)
    return browser.cookieHeader
  })
}

async function inParallel<T>(
  origin: string,
  count: number,
  work: (connection: Connection, index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const connection = new Connection(origin)
      while (next < count) {
        const index = next++
        results[index] = await work(connection, index)
      }
      await connection.close()
    }),
  )
  return results
}
