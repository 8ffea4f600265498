import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose'
import type { KeySchedule } from '#db/signing-keys.ts'
import { keySchedule } from '../src/provider/key-schedule.ts'
import {
  type Answer,
  adminToken,
  answerOf,
  refresh,
  startServer,
  type TestClient,
  type TestServer,
  tokensFor,
} from './harness.ts'

/** Two nodes of one database, which look after the keys as main.ts has them do. */
export async function startNodes(
  t: TestContext,
  schedule: Partial<KeySchedule> = {},
): Promise<[TestServer, TestServer]> {
  const parts = { keySchedule: { ...keySchedule, ...schedule } }
  const one = await startServer(t, {}, parts)
  const two = await startServer(t, { ISSUER: one.url }, { ...parts, db: one.db })
  one.app.watchKeys()
  two.app.watchKeys()
  return [one, two]
}

/** A call of the admin API of one node. */
export const keyCall = async (server: TestServer, path = '', method = 'GET'): Promise<Answer> => {
  const headers = { authorization: `Bearer ${adminToken}` }
  return answerOf(await fetch(`${server.url}/api/admin/keys${path}`, { method, headers }))
}

export const keySetOf = async (server: TestServer): Promise<JSONWebKeySet> =>
  (await fetch(`${server.url}/.well-known/jwks.json`)).json() as Promise<JSONWebKeySet>

export const kidsOf = async (server: TestServer): Promise<string[]> =>
  (await keySetOf(server)).keys.map(({ kid }) => kid ?? '')

export const kidOf = (idToken = ''): string => decodeProtectedHeader(idToken).kid ?? ''

/** Asks a few times a second until it is so; how many milliseconds that took. */
export async function until(isSo: () => Promise<boolean>): Promise<number> {
  const start = performance.now()
  while (!(await isSo())) {
    if (performance.now() - start > 20_000) throw new Error('it does not come to be')
    await sleep(50)
  }
  return performance.now() - start
}

/** An app that refreshes and verifies, with a JWKS that it holds for a while, as apps do. */
export class Refresher {
  /** When each key was last seen to sign, by the token. */
  readonly lastSeen = new Map<string, number>()
  readonly failures: unknown[] = []
  received = 0
  #refreshToken: string
  #held: { keys: JSONWebKeySet; since: number } | undefined
  readonly #client: TestClient
  readonly #nodes: TestServer[]

  static async signedIn(nodes: [TestServer, TestServer], client: TestClient): Promise<Refresher> {
    const tokens = await tokensFor(nodes[0], client, await nodes[0].user())
    return new Refresher(nodes, client, tokens.refresh_token ?? '')
  }

  constructor(nodes: TestServer[], client: TestClient, refreshToken: string) {
    this.#nodes = nodes
    this.#client = client
    this.#refreshToken = refreshToken
  }

  async run(milliseconds: number, holdKeys: number): Promise<void> {
    const end = performance.now() + milliseconds
    while (performance.now() < end) {
      await this.#once(holdKeys).catch((error) => this.failures.push(error))
      await sleep(20)
    }
  }

  async #once(holdKeys: number): Promise<void> {
    if (!this.#held || performance.now() - this.#held.since > holdKeys) {
      this.#held = { since: performance.now(), keys: await keySetOf(this.#node()) }
    }
    const { status, body } = await refresh(this.#node(), this.#client, this.#refreshToken)
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    this.#refreshToken = body.refresh_token
    this.received++
    this.lastSeen.set(kidOf(body.id_token), Number(decodeJwt(body.id_token).iat) * 1000)
    await jwtVerify(body.id_token, createLocalJWKSet(this.#held.keys), {
      issuer: this.#nodes[0]?.url ?? '',
      audience: this.#client.clientId,
    })
  }

  #node(): TestServer {
    return this.#nodes[Math.floor(Math.random() * this.#nodes.length)] as TestServer
  }
}
