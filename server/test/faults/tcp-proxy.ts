import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the network between a server and its database does; nothing of it: it is as good as none. */
export interface Weather {
  /** One way. */
  latencyMs?: number
  /** Up to so much more, each time anew. */
  jitterMs?: number
  bytesPerSecond?: number
  /** Takes everything and hands on nothing, as a firewall that drops packets. */
  blackhole?: boolean
  /** Answers end in the middle of their bytes with a reset. */
  resetsAnswers?: boolean
  /** What is sent with this in it arrives and is done, but its answer never comes: a broken line. */
  losesAnswerTo?: RegExp
}

export interface TcpProxy {
  /** The same database by way of this proxy. */
  databaseUrl: string
  weather: Weather
  /** How many answers losesAnswerTo and resetsAnswers took. */
  lost: number
  /** The far side is gone and the near side was never told. */
  leaveHalfOpen(): void
  /** Every connection ends with a reset. */
  reset(): void
}

/** A proxy in front of a PostgreSQL, whose weather a test changes while connections are open. */
export async function startProxy(t: TestContext, databaseUrl: string): Promise<TcpProxy> {
  const target = new URL(databaseUrl)
  const pairs = new Set<Pair>()
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    const pair: Pair = { near, far, isMuted: false, isOrphan: false }
    pairs.add(pair)
    join(pair, proxy)
    near.on('close', () => pairs.delete(pair))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const proxy: TcpProxy = {
    databaseUrl: url.href,
    weather: {},
    lost: 0,
    leaveHalfOpen() {
      for (const pair of pairs) {
        pair.isOrphan = true
        pair.far.destroy()
      }
    },
    reset() {
      for (const { near } of pairs) near.resetAndDestroy()
    },
  }
  t.after(() => {
    for (const { near, far } of pairs) for (const socket of [near, far]) socket.destroy()
    server.close()
  })
  return proxy
}

interface Pair {
  near: Socket
  far: Socket
  /** The next bytes of an answer are to be lost. */
  isMuted: boolean
  isOrphan: boolean
}

function join(pair: Pair, proxy: TcpProxy): void {
  const { near, far } = pair
  for (const socket of [near, far]) socket.on('error', () => {}).setNoDelay()
  carry(
    near,
    far,
    (bytes) => {
      if (proxy.weather.losesAnswerTo?.test(bytes.toString('latin1'))) pair.isMuted = true
      return bytes
    },
    proxy,
  )
  carry(
    far,
    near,
    (bytes) => {
      if (pair.isMuted || proxy.weather.resetsAnswers) {
        proxy.lost += 1
        if (!pair.isMuted) near.write(bytes.subarray(0, bytes.length / 2))
        near.resetAndDestroy()
        return undefined
      }
      return bytes
    },
    proxy,
  )
  near.on('close', () => far.destroy())
  far.on('close', () => {
    if (!pair.isOrphan && !proxy.weather.blackhole) near.destroy()
  })
}

/** In order, each piece as late as the weather has it. */
function carry(
  from: Socket,
  to: Socket,
  look: (bytes: Buffer) => Buffer | undefined,
  proxy: TcpProxy,
): void {
  let last: Promise<unknown> = Promise.resolve()
  from.on('data', (data: Buffer) => {
    const { latencyMs = 0, jitterMs = 0, bytesPerSecond, blackhole } = proxy.weather
    const bytes = blackhole ? undefined : look(data)
    if (!bytes) return
    const due = sleep(latencyMs + Math.random() * jitterMs)
    const isCalm = latencyMs === 0 && jitterMs === 0 && bytesPerSecond === undefined
    last = last.then(async () => {
      if (!isCalm) await due
      if (bytesPerSecond !== undefined) await sleep((bytes.length / bytesPerSecond) * 1000)
      if (!proxy.weather.blackhole && to.writable) to.write(bytes)
    })
  })
}
