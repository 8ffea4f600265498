// First of all, so that it is there when oidc-provider begins to speak.
import './provider/known-notices.ts'
import type Router from '@koa/router'
import Koa from 'koa'
import type { Logger } from 'pino'
import { credentials } from '#db/credentials.ts'
import type { Database, Db } from '#db/database.ts'
import { connectRedis } from '#db/redis.ts'
import type { KeySchedule } from '#db/signing-keys.ts'
import { assets } from '#web/assets.ts'
import { cookieSigner } from '#web/cookie-signer.ts'
import { csrf } from '#web/csrf.ts'
import { securityHeaders } from '#web/headers.ts'
import { localeTags } from '#web/locale.ts'
import { problemMiddleware } from '#web/problem.ts'
import { unreadBody } from '#web/unread-body.ts'
import { accountRoutes } from './account/routes.ts'
import { adminApiRoutes } from './admin/api-routes.ts'
import { appCardRoutes } from './admin/app-card.ts'
import { adminPageRoutes } from './admin/page-routes.ts'
import { apiKeyRoutes } from './api-keys/api-routes.ts'
import { apiKeyChanges } from './api-keys/keys.ts'
import { audit } from './audit.ts'
import type { Config } from './config.ts'
import { consentRoutes } from './consent/routes.ts'
import { edge } from './edge.ts'
import { eventLoopDelay } from './event-loop-delay.ts'
import { externalApi } from './external-api.ts'
import { protectedResourceRoutes } from './gateway/protected-resource.ts'
import { homeRoutes } from './home-routes.ts'
import { deriveKeys, sealWith } from './keys.ts'
import { networkOf } from './login/network.ts'
import { passwordChanger } from './login/password-change.ts'
import { passwordHashing } from './login/passwords.ts'
import { loginRoutes } from './login/routes.ts'
import { setUpLinks } from './login/set-up-links.ts'
import { createThrottle } from './login/throttle.ts'
import { createMailer } from './mail/mailer.ts'
import { outboxRoutes } from './mail/outbox-routes.ts'
import { healthRoutes } from './observability/health.ts'
import { createMetrics } from './observability/metrics.ts'
import { metricsRoutes } from './observability/metrics-routes.ts'
import { requestLog } from './observability/request-log.ts'
import type { Tracing } from './observability/tracing.ts'
import { observed } from './observed.ts'
import { promptRoutes } from './prompt-routes.ts'
import { credentialFinder } from './provider/credentials.ts'
import { consentGrantId } from './provider/grant-ids.ts'
import { createInteractions } from './provider/interactions.ts'
import { introspection } from './provider/introspection/introspection.ts'
import { jsonDialect } from './provider/json-dialect.ts'
import { keyCommands } from './provider/key-commands.ts'
import { createKeyRing } from './provider/key-ring.ts'
import { keySchedule } from './provider/key-schedule.ts'
import { watchKeys } from './provider/key-watch.ts'
import { mountProvider } from './provider/mount.ts'
import { createProvider } from './provider/provider.ts'
import { followKeys } from './provider/replace-keys.ts'
import { scopeCatalog } from './provider/scope-catalog.ts'
import { allScopes, platformScopeNames } from './provider/scopes.ts'
import { createSessions } from './provider/sessions.ts'
import { providerPages } from './provider-pages.ts'
import { redirectUriProblem } from './redirect-uris.ts'
import { shedding } from './shedding.ts'
import { widgetRoutes } from './widget/routes.ts'

export interface AppParts {
  config: Config
  db: Database
  secretKey: string
  adminToken: string | undefined
  log: Logger
  isDraining(): boolean
  tracing?: Pick<Tracing, 'requests'> | undefined
  /** When signing keys come and go; tests do not wait for months. */
  keySchedule?: KeySchedule
  /** Without the shorter path, to compare the two. */
  libraryIntrospection?: boolean
}

export interface App {
  koa: Koa
  hashPassword(password: string): Promise<string>
  /** Where the first administrator signs up, once. */
  firstAdminLink(db: Db): Promise<string>
  /** Sees from now on what other nodes do to the signing keys, and does what is due. */
  watchKeys(): void
  /** Sends mail that an earlier process, or another node, left behind. */
  sendWaitingMail(): void
  /** Counts rows that were removed, by table. */
  onSwept(removed: Record<string, number>): void
  /** Lets mail that is being sent finish. */
  close(): Promise<void>
}

/** The whole server as one Koa application: what runs, in which order, and what each part is given. */
export async function createApp(parts: AppParts): Promise<App> {
  const house = await furnish(parts)
  const { config, db, log } = parts
  const app = new Koa({ proxy: true })
  app.keys = cookieSigner(house.keys.cookies)
  app.silent = true
  const use = (routes: Router) => app.use(routes.routes()).use(routes.allowedMethods())

  app.use(requestLog(house.observed))
  if (parts.tracing) app.use(parts.tracing.requests(house.observed))
  app.use(unreadBody())
  app.use(securityHeaders({ hsts: house.secure }))
  app.use(problemMiddleware({ log }))
  // Probes ask by address, not by the public name that edge() insists on.
  use(healthRoutes(parts))
  use(metricsRoutes(house))
  app.use(edge(config))
  app.use(shedding({ delay: house.delay, onShed: house.metrics.shed }))
  // Programs call these, far more often than people open pages, so they do not wait behind those.
  app.use(jsonDialect())
  if (!parts.libraryIntrospection) app.use(introspection(house))
  const tooOften = (ip: string) => house.throttle.take('authorize', networkOf(ip))
  app.use(mountProvider(house.provider, tooOften))
  const api = externalApi({ ...house, findToken: credentialFinder(house.credentials) })
  app.use(api.middleware)
  app.use(assets())
  use(widgetRoutes(house))
  use(homeRoutes(house))

  use(promptRoutes(house.interactions))
  use(loginRoutes(house))
  use(consentRoutes({ ...house, scopes: scopeCatalog, consentGrantId }))
  use(accountRoutes({ ...house, changePassword: passwordChanger(house) }))
  use(apiKeyRoutes({ ...house, platformScopes: platformScopeNames }))
  use(outboxRoutes(house))

  use(adminApiRoutes({ ...house, setUpLink: house.links.choosePassword }))
  use(adminPageRoutes({ ...house, platformScopes: platformScopeNames }))

  use(appCardRoutes({ db }))
  use(protectedResourceRoutes({ ...house, scopes: platformScopeNames }))

  let unwatchKeys = () => {}
  return {
    koa: app,
    hashPassword: house.passwords.hash,
    firstAdminLink: house.links.firstAdmin,
    onSwept: house.metrics.swept,
    watchKeys: () => {
      unwatchKeys = watchKeys({ ring: house.ring, log })
    },
    sendWaitingMail: house.mailer.start,
    close: async () => {
      unwatchKeys()
      await house.mailer.close()
      await api.close()
      house.redis?.disconnect()
      house.delay.stop()
    },
  }
}

/** What the features share, made once. */
async function furnish(parts: AppParts) {
  const { config, db, secretKey, adminToken, log } = parts
  const { issuer } = config
  const secure = issuer.startsWith('https:')
  const keys = deriveKeys(secretKey, config.secretKeysAccepted)
  const seal = sealWith(keys.sealing)
  const schedule = parts.keySchedule ?? keySchedule
  const ring = await createKeyRing({ db, seal, schedule, log })
  const redis = config.redisUrl ? connectRedis(config.redisUrl, log) : undefined
  const throttle = createThrottle({ ...config, redis })
  const metrics = createMetrics({ db, signingSince: ring.signingSince })
  const pages = providerPages
  const locales = localeTags
  const provider = createProvider({
    issuer,
    db,
    keys,
    seal,
    signingKeys: ring.current().usable,
    throttle,
    locales,
    pages,
    log,
    onTokens: metrics.tokensIssued,
  })
  followKeys(provider, ring)
  const sessions = createSessions(provider)
  return {
    config,
    issuer,
    secure,
    db,
    log,
    audit,
    adminToken,
    keys,
    ring,
    signingKeys: keyCommands({ db, seal, schedule, ring }),
    provider,
    credentials: credentials(db),
    sessions,
    interactions: createInteractions({ provider, db, sessions }),
    csrf: csrf({ keys: keys.csrf, secure, origin: issuer }),
    metrics,
    observed: observed(log, metrics),
    mailer: createMailer({ config, db, seal, log, onMail: metrics.mail }),
    onSignIn: metrics.login,
    delay: eventLoopDelay(),
    passwords: passwordHashing({ onBusy: () => metrics.shed('passwords') }),
    throttle,
    redis,
    apiKeys: apiKeyChanges({ db, capped: config.rateLimits }),
    links: setUpLinks({ issuer }),
    rules: { scopes: allScopes, redirectUriProblem },
  }
}
