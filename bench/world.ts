import { createHash } from 'node:crypto'

/** What is the same in every system under test: who asks, for whom, and for what. */
export const app = {
  clientId: 'agpt_client_bench_app',
  secret: 'agpt_secret_bench_app_0123456789_0123456789_0123456789',
  redirectUri: 'https://app.example/callback',
  scope: 'openid IDENTITY READ_GRAPH',
  platformScopes: ['IDENTITY', 'READ_GRAPH'],
}

export const machine = {
  clientId: 'agpt_client_bench_machine',
  secret: 'agpt_secret_bench_machine_0123456789_0123456789_0123456',
  scope: 'READ_GRAPH',
}

export const password = 'correct horse battery staple'
export const emailOf = (person: number): string => `person${person}@bench.example`
export const nameOf = (person: number): string => `Person ${person}`
export const timezone = 'Europe/London'

/** Enough that no two connections wait for the same person's rows. */
export const people = 128

/** How many requests are under way at the same time, each on a connection of its own. */
export const connections = 32

export const verifier = 'bench-verifier-0123456789-0123456789-0123456789'
export const challenge = createHash('sha256').update(verifier).digest('base64url')

/** What a code holds, whoever stores it. */
export const codeLifetime = 3600
