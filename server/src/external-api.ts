import type { JWK } from 'jose'
import type { Logger } from 'pino'
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible'
import { presentedKeys } from '#db/api-keys.ts'
import { clientCallLimits, isRegisteredOrigin, limiterStore } from '#db/call-limits.ts'
import type { Database } from '#db/database.ts'
import { noteConsentsUsed, noteKeysUsed } from '#db/last-used.ts'
import type { Config } from './config.ts'
import { decider } from './gateway/decision.ts'
import { apiDocsRoutes } from './gateway/docs-routes.ts'
import { forwardAuthRoutes } from './gateway/forward-auth.ts'
import { gateway } from './gateway/gateway.ts'
import { identityHeaders } from './gateway/identity.ts'
import { callLimits, type NewLimiter } from './gateway/limits.ts'
import { type UpstreamLimits, upstream } from './gateway/upstream/upstream.ts'
import { usage } from './gateway/usage.ts'
import { presentedCredentials } from './presented-credentials.ts'
import type { credentialFinder } from './provider/credentials.ts'
import { platformScopes } from './provider/scopes.ts'
import { docsClientId } from './startup/docs-client.ts'

interface ExternalApiParts {
  config: Config
  issuer: string
  db: Database
  log: Logger
  ring: { current(): { usable: JWK[] } }
  findToken: ReturnType<typeof credentialFinder>
  redis: ConstructorParameters<typeof RateLimiterRedis>[0]['storeClient'] | undefined
  upstreamLimits?: UpstreamLimits | undefined
  usageEvery: number | undefined
}

/** The gateway with what it is given: credentials, limits, what was used last, the platform. */
export function externalApi(parts: ExternalApiParts) {
  const { config, issuer, db, log, ring, findToken, usageEvery } = parts
  const { recent, current, forget, mayExist } = presentedCredentials({
    findToken,
    findKey: presentedKeys(db),
  })
  const limits = config.rateLimits
    ? { takeCall: callLimits(limiters(parts)), takeHere: callLimits(inMemory) }
    : undefined
  const takeCall = limits?.takeCall
  const callsPerMinuteOf = ownLimits(db)
  const decide = decider({ issuer, recent, current, mayExist, limits, callsPerMinuteOf })
  const identityOf = identityHeaders({ issuer, signingKey: () => signingKey(ring) })
  const { platformApiUrl } = config
  const platform = platformApiUrl
    ? upstream({ platformApiUrl, issuer, limits: parts.upstreamLimits })
    : undefined
  const used = usage({
    saveKeys: (ids) => noteKeysUsed(db, ids),
    saveConsents: (uses) => noteConsentsUsed(db, uses),
    log,
    ...(usageEvery && { every: usageEvery }),
  })
  return {
    /** Something may have been taken away: the next call asks again. */
    forget,
    routes: [
      apiDocsRoutes({ issuer, clientId: docsClientId, scopes: scopeDescriptions, takeCall }),
      forwardAuthRoutes({ issuer, decide, identityOf, noteUse: used.note }),
    ],
    middleware: gateway({
      issuer,
      decide,
      knowsOrigin: knownOrigins(db),
      identityOf,
      noteUse: used.note,
      upstream: platform,
    }),
    close: async () => {
      await used.close()
      await platform?.close()
    },
  }
}

const scopeDescriptions = Object.fromEntries(
  Object.entries(platformScopes).map(([name, { description }]) => [name, description]),
)

function signingKey(ring: ExternalApiParts['ring']): JWK {
  const key = ring.current().usable.find(({ alg }) => alg === 'ES256')
  if (!key) throw new Error('there is no ES256 key to sign with')
  return key
}

const keyPrefix = 'agpt_api'
const inMemory: NewLimiter = (rule) => new RateLimiterMemory({ ...rule, keyPrefix })

/** Counts that every node shares, where there is something to share them by. */
function limiters({ db, redis }: ExternalApiParts): NewLimiter {
  if (redis) {
    return (rule) =>
      new RateLimiterRedis({ ...rule, keyPrefix, storeClient: redis, rejectIfRedisNotReady: true })
  }
  if (db.engine === 'pglite') return inMemory
  const store = { storeClient: limiterStore(db), storeType: 'client', tableName: 'rate_limits' }
  return (rule) => new RateLimiterPostgres({ ...rule, ...store, keyPrefix, tableCreated: true })
}

const originsKeptMs = 5_000
const mostOrigins = 1_000

/** A preflight decides nothing, so it may be some seconds old, and a flood of them one question. */
function knownOrigins(db: Database) {
  const known = new Map<string, { until: number; answer: Promise<boolean> }>()
  return (origin: string): Promise<boolean> => {
    const now = performance.now()
    const kept = known.get(origin)
    if (kept && kept.until > now) return kept.answer
    if (known.size >= mostOrigins) known.clear()
    const answer = isRegisteredOrigin(db, origin)
    known.set(origin, { until: now + originsKeptMs, answer })
    answer.catch(() => known.delete(origin))
    return answer
  }
}

const ownLimitsKeptMs = 5_000

/** Few clients have a limit of their own, so all of them are read at once, every few seconds. */
function ownLimits(db: Database) {
  let known: Promise<Map<string, number>> = Promise.resolve(new Map())
  let readAt = Number.NEGATIVE_INFINITY
  return async (clientId: string): Promise<number | undefined> => {
    const now = performance.now()
    if (now - readAt > ownLimitsKeptMs) {
      readAt = now
      const before = known
      known = clientCallLimits(db).catch(() => before)
    }
    return (await known).get(clientId)
  }
}
