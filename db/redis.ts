import { createRequire } from 'node:module'
import type { Redis } from 'ioredis'

interface Log {
  warn(fields: object, message: string): void
}

/** Redis away must not keep anybody out: this process then counts alone. */
export function connectRedis(url: string, log: Log): Redis {
  // Loaded by who has one.
  const { Redis: Client }: typeof import('ioredis') = createRequire(import.meta.url)('ioredis')
  const redis = new Client(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1_000,
    connectTimeout: 2_000,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  })
  let away = false
  redis.on('ready', () => {
    away = false
  })
  redis.on('error', (err) => {
    if (!away) log.warn({ err }, 'Redis cannot be reached: rate limits count in this process alone')
    away = true
  })
  return redis
}
