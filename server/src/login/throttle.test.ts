import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { connectRedis } from '#db/redis.ts'
import { createThrottle, type Limit, type Throttle } from './throttle.ts'

const log = { warn: () => {} }

async function takes(throttle: Throttle, times: number, key: string) {
  const waits: (number | undefined)[] = []
  for (let i = 0; i < times; i++) waits.push(await throttle.take('login_pair', key))
  return waits
}

test('after ten wrong passwords the pair waits a quarter of an hour, and others do not', async () => {
  const throttle = createThrottle({ rateLimits: true, redis: undefined })

  const waits = await takes(throttle, 11, 'ada')

  assert.deepEqual(waits.slice(0, 10), Array(10).fill(undefined))
  assert.equal(waits[10], 900)
  assert.equal(await throttle.take('login_pair', 'bob'), undefined)
})

// A102
test('guesses sent at the same time are counted before any of them is answered', async () => {
  const throttle = createThrottle({ rateLimits: true, redis: undefined })

  const waits = await Promise.all(
    Array.from({ length: 50 }, () => throttle.take('login_pair', 'ada')),
  )

  assert.equal(waits.filter((wait) => wait === undefined).length, 10)
})

test('what was right is given back or forgotten', async () => {
  const throttle = createThrottle({ rateLimits: true, redis: undefined })
  await takes(throttle, 10, 'ada')

  await throttle.giveBack('login_pair', 'ada')
  assert.equal(await throttle.take('login_pair', 'ada'), undefined)
  await throttle.forget('login_pair', 'ada')
  assert.deepEqual(await takes(throttle, 10, 'ada'), Array(10).fill(undefined))
})

test('with rate limits off nothing ever waits', async () => {
  const throttle = createThrottle({ rateLimits: false, redis: undefined })

  assert.deepEqual(await takes(throttle, 30, 'ada'), Array(30).fill(undefined))
})

test('two nodes that share a Redis count together, and no key shows an address', async (t) => {
  const redisUrl = await startRedis(t)
  const [one, two] = [node(t, redisUrl), node(t, redisUrl)]
  const redis = new Redis(redisUrl)
  t.after(() => redis.disconnect())
  await connected(redis, one, 'login_burst')
  await connected(redis, two, 'sign_up_day')

  await takes(one, 5, 'ada@example.com')
  const waits = await takes(two, 6, 'ada@example.com')

  assert.deepEqual(waits.slice(0, 5), Array(5).fill(undefined))
  assert.equal(waits[5], 900)
  assert.match((await redis.keys('agpt:login_pair*')).join(), /^agpt:login_pair:[\w-]{43}$/)
})

test('without its Redis a node goes on counting alone, and says so once', async (t) => {
  const lines: string[] = []
  const noisy = { warn: (_fields: object, message: string) => void lines.push(message) }
  const redisUrl = `redis://127.0.0.1:${await freePort()}`
  const redis = connectRedis(redisUrl, noisy)
  t.after(() => redis.disconnect())
  const throttle = createThrottle({ rateLimits: true, redis })
  await sleep(500)

  const waits = await takes(throttle, 11, 'ada')

  assert.equal(waits[10], 900)
  assert.equal(lines.length, 1)
})

function node(t: TestContext, redisUrl: string) {
  const redis = connectRedis(redisUrl, log)
  t.after(() => redis.disconnect())
  return createThrottle({ rateLimits: true, redis })
}

// A node counts alone until its connection stands; only then does Redis see its keys.
async function connected(redis: Redis, throttle: Throttle, limit: Limit): Promise<void> {
  while ((await redis.keys(`agpt:${limit}:*`)).length === 0) {
    await throttle.take(limit, 'probe')
    await sleep(10)
  }
}

async function startRedis(t: TestContext): Promise<string> {
  const found = spawnSync('redis-server', ['--version'])
  assert.equal(found.status, 0, 'redis-server is needed for this test: install it')
  const port = await freePort()
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp']
  const server = spawn('redis-server', options, { stdio: 'ignore' })
  t.after(async () => {
    server.kill()
    await once(server, 'exit')
  })
  const url = `redis://127.0.0.1:${port}`
  await ready(url)
  return url
}

async function ready(url: string): Promise<void> {
  const redis = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: 100 })
  redis.on('error', () => {})
  await redis.ping()
  redis.disconnect()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
