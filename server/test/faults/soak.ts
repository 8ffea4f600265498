import { setTimeout as sleep } from 'node:timers/promises'
import { Visitor } from '../visitor.ts'
import { type Grantee, grantee, issueCodes, redirectUri, sha256, verifier } from './grants.ts'
import { type Installation, preloaded } from './installation.ts'
import { sizeOf } from './process-size.ts'
import { Witness } from './witness.ts'

export interface Sample {
  /** Since the start. */
  seconds: number
  requests: number
  /** Bytes that live after a collection. */
  held: number
  /** Bytes of resident memory. */
  resident: number
  handles: number
}

/** Everyday traffic at a bounded rate, and what the process holds at so many moments of it. */
export async function soak(
  place: Installation,
  { seconds, samples: count }: { seconds: number; samples: number },
): Promise<Sample[]> {
  await place.restartAfterKill(0, preloaded('./heap.ts'))
  const witness = new Witness()
  const client = await grantee(place.db)
  const samples: Sample[] = []
  const started = performance.now()
  const passed = () => (performance.now() - started) / 1000
  let requests = 0
  while (samples.length < count) {
    requests += await visit(place, witness, client)
    // What clients remember is not what is measured here.
    witness.attempts.length = 0
    if (passed() < (seconds / count) * (samples.length + 1)) continue
    samples.push({ seconds: passed(), requests, ...(await sample(place)) })
  }
  return samples
}

/** About a hundred requests a second, were it for the pause alone. */
const pause = 100

async function visit(place: Installation, witness: Witness, client: Grantee): Promise<number> {
  const { issuer: url, db } = place
  const [code = ''] = await issueCodes(db, client, 1)
  const tokens = (await witness.exchange(url, client, code))?.body
  await witness.introspect(url, client, tokens.access_token)
  const next = (await witness.refresh(url, client, tokens.refresh_token))?.body
  await Promise.all([
    witness.introspect(url, client, next.access_token),
    witness.exchange(url, client, 'no such code'),
    witness.get(url, '/.well-known/openid-configuration'),
    witness.get(url, '/external-api/v2/me'),
    witness.get(url, `/nowhere/${requestNumber()}`),
    new Visitor(url).go(authorizePath(client)),
    sleep(pause),
  ])
  await witness.revoke(url, client, next.refresh_token)
  return 10
}

const requestNumber = () => Math.random().toString(36).slice(2)

function authorizePath({ clientId }: Grantee): string {
  return `/auth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'IDENTITY',
    code_challenge: sha256(verifier).toString('base64url'),
    code_challenge_method: 'S256',
  })}`
}

async function sample({ nodes: [node] }: Installation) {
  if (!node) throw new Error('no node')
  const printed = () => [...node.output().matchAll(/^held (\d+)$/gm)]
  const before = printed().length
  process.kill(node.pid, 'SIGUSR2')
  while (printed().length === before) await sleep(10)
  const { handles, bytes } = sizeOf(node.pid)
  return { held: Number(printed().at(-1)?.[1]), resident: bytes, handles }
}

/** Growth a second over the samples, by least squares. */
export function slope(samples: Sample[], value: (sample: Sample) => number): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const [time, level] = [mean(({ seconds }) => seconds), mean(value)]
  const covariance = mean((sample) => (sample.seconds - time) * (value(sample) - level))
  return covariance / mean(({ seconds }) => (seconds - time) ** 2)
}
