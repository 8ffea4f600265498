// First of all, so that it is there when oidc-provider begins to speak.
import './provider/known-notices.ts'
import type Router from '@koa/router'
import Koa from 'koa'
import type { Db } from '#db/database.ts'
import { assets } from '#web/assets.ts'
import { cookieSigner } from '#web/cookie-signer.ts'
import { securityHeaders } from '#web/headers.ts'
import { networkOf } from '#web/network.ts'
import { problemMiddleware } from '#web/problem.ts'
import { requestTarget } from '#web/request-target.ts'
import { unreadBody } from '#web/unread-body.ts'
import { connectionNotices } from './account/notices.ts'
import { accountRoutes } from './account/routes.ts'
import { adminApiRoutes } from './admin/api-routes.ts'
import { appCardRoutes } from './admin/app-card.ts'
import { adminPageRoutes } from './admin/page-routes.ts'
import { apiKeyRoutes } from './api-keys/api-routes.ts'
import { apiKeyPageRoutes } from './api-keys/page-routes.ts'
import { consentRoutes } from './consent/routes.ts'
import { edge } from './edge.ts'
import { externalApi } from './external-api.ts'
import { fedcmRoutes } from './fedcm/routes.ts'
import { forgetting } from './forgetting.ts'
import { type AppParts, furnish, type House } from './furnish.ts'
import { protectedResourceRoutes } from './gateway/protected-resource.ts'
import { homeRoutes } from './home-routes.ts'
import { mailLimits } from './login/mail-limits.ts'
import { passwordChanger } from './login/password-change.ts'
import { loginRoutes } from './login/routes.ts'
import { outboxRoutes } from './mail/outbox-routes.ts'
import { type MountedRoute, mounting } from './mounting.ts'
import { healthRoutes } from './observability/health.ts'
import { metricsRoutes } from './observability/metrics-routes.ts'
import { requestLog } from './observability/request-log.ts'
import { promptRoutes } from './prompt-routes.ts'
import { credentialFinder } from './provider/credentials.ts'
import { consentGrantId } from './provider/grant-ids.ts'
import { introspection } from './provider/introspection/introspection.ts'
import { jsonDialect } from './provider/json-dialect.ts'
import { watchKeys } from './provider/key-watch.ts'
import { mountProvider } from './provider/mount.ts'
import { scopeCatalog } from './provider/scope-catalog.ts'
import { platformScopeNames } from './provider/scopes.ts'
import { redirectUriMatches } from './redirect-uris.ts'
import { shedding } from './shedding.ts'
import { userApiKeyOperations } from './user-api-keys.ts'
import { widgetRoutes } from './widget/routes.ts'

export type { AppParts } from './furnish.ts'

export interface App {
  koa: Koa
  /** Every address that is answered, beside the protocol's (provider) and the API's (gateway). */
  routes: MountedRoute[]
  hashPassword(password: string): Promise<string>
  /** Where the first administrator signs up, once. */
  firstAdminLink(db: Db): Promise<string>
  /** Sees from now on what other nodes do to the signing keys, and does what is due. */
  watchKeys(): void
  /** Hears from now on what other nodes took away, and tells them. */
  joinOthers(): void
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
  const { use, routes } = mounting(app)

  app.use(requestTarget()).use(requestLog(house.observed))
  if (parts.tracing) app.use(parts.tracing.requests(house.observed))
  app.use(unreadBody())
  app.use(securityHeaders({ hsts: house.secure }))
  app.use(problemMiddleware({ log }))
  // Probes ask by address, not by the public name that edge() insists on.
  use(healthRoutes(parts))
  use(metricsRoutes(house))
  app.use(edge(config))
  app.use(shedding({ delay: house.delay, onShed: house.metrics.shed }))
  const api = externalApi({ ...house, findToken: credentialFinder(house.credentials) })
  app.use(forgetting({ forget: api.forget, tellOthers: house.announcements.send }))
  // Programs call these, far more often than people open pages, so they do not wait behind those.
  app.use(api.middleware)
  app.use(jsonDialect())
  if (!parts.libraryIntrospection) app.use(introspection(house))
  const tooOften = (ip: string) => house.throttle.take('authorize', networkOf(ip))
  app.use(mountProvider(house.provider, tooOften))
  for (const routes of api.routes) use(routes)
  app.use(assets())
  use(widgetRoutes(house))
  use(homeRoutes(house))

  const tellConnected = connectionNotices(house)
  use(promptRoutes(house.interactions))
  use(
    fedcmRoutes({
      ...house,
      tellConnected,
      tooOften,
      scopes: scopeCatalog,
      redirectUriMatches,
      consentGrantId,
    }),
  )
  use(loginRoutes(house))
  use(consentRoutes({ ...house, tellConnected, scopes: scopeCatalog, consentGrantId }))
  use(
    accountRoutes({ ...house, changePassword: passwordChanger(house), mayMail: mailLimits(house) }),
  )
  use(apiKeyRoutes({ ...house, platformScopes: platformScopeNames }))
  use(apiKeyPageRoutes({ ...house, scopes: { ...scopeCatalog, names: platformScopeNames } }))
  use(outboxRoutes(house))

  for (const administration of administrationRoutes(house)) use(administration)
  use(appCardRoutes({ db }))
  use(protectedResourceRoutes({ ...house, scopes: platformScopeNames }))

  return { koa: app, routes, ...lifeOf(house, api) }
}

/** What main.ts sets going, and ends. */
function lifeOf(house: House, api: ReturnType<typeof externalApi>): Omit<App, 'koa' | 'routes'> {
  let unwatchKeys = () => {}
  return {
    hashPassword: house.passwords.hash,
    firstAdminLink: house.links.firstAdmin,
    onSwept: house.metrics.swept,
    watchKeys: () => {
      unwatchKeys = watchKeys(house)
    },
    joinOthers: () => house.announcements.listen(api.forget),
    sendWaitingMail: house.mailer.start,
    close: async () => {
      unwatchKeys()
      await house.announcements.close()
      await house.mailer.close()
      await api.close()
      house.redis?.disconnect()
      house.delay.stop()
    },
  }
}

function administrationRoutes(house: House): Router[] {
  const platformScopes = platformScopeNames
  const more = userApiKeyOperations({ ...house, platformScopes })
  return [
    adminApiRoutes({ ...house, more, setUpLink: house.links.choosePassword }),
    adminPageRoutes({ ...house, platformScopes }),
  ]
}
