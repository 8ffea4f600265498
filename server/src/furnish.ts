import type { Logger } from 'pino'
import { announcements } from '#db/announcements.ts'
import { credentials } from '#db/credentials.ts'
import type { Database } from '#db/database.ts'
import { connectRedis } from '#db/redis.ts'
import { noteDevice } from '#db/session-devices.ts'
import { findSessionByUid } from '#db/sessions.ts'
import type { KeySchedule } from '#db/signing-keys.ts'
import { csrf } from '#web/csrf.ts'
import { localeTags } from '#web/locale.ts'
import { apiKeyChanges } from './api-keys/keys.ts'
import { audit } from './audit.ts'
import type { Config } from './config.ts'
import { eventLoopDelay } from './event-loop-delay.ts'
import { fedcmBinding } from './fedcm/binding.ts'
import { fedcmCookie } from './fedcm/cookie.ts'
import { answerPage } from './fedcm/pages.ts'
import type { UpstreamLimits } from './gateway/upstream/upstream.ts'
import { deriveKeys, type Keys, sealWith } from './keys.ts'
import { passwordHashing } from './login/passwords.ts'
import { setUpLinks } from './login/set-up-links.ts'
import { createThrottle } from './login/throttle.ts'
import { createMailer } from './mail/mailer.ts'
import { createMetrics } from './observability/metrics.ts'
import type { Tracing } from './observability/tracing.ts'
import { observed } from './observed.ts'
import { answerByFedcm, codeIssuer } from './provider/fedcm.ts'
import { fedcmAnswers } from './provider/fedcm-answers.ts'
import { createInteractions } from './provider/interactions.ts'
import { keyCommands } from './provider/key-commands.ts'
import { createKeyRing } from './provider/key-ring.ts'
import { keySchedule } from './provider/key-schedule.ts'
import { lifetimes } from './provider/lifetimes.ts'
import { createProvider } from './provider/provider.ts'
import { followKeys } from './provider/replace-keys.ts'
import { allScopes } from './provider/scopes.ts'
import { createSessions, type SessionHooks } from './provider/sessions.ts'
import { providerPages } from './provider-pages.ts'
import { redirectUriProblem } from './redirect-uris.ts'

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
  /** Milliseconds between two writes of what was used last; tests do not wait for ten seconds. */
  usageEvery?: number
  /** Without the shorter path, to compare the two. */
  libraryIntrospection?: boolean
  /** How long the platform is waited for; tests are not so patient. */
  upstreamLimits?: UpstreamLimits | undefined
}

/** What the features share, made once. */
export async function furnish(parts: AppParts) {
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
  const { cookie, binding, answers } = fedcmParts(keys, secure)
  const provider = createProvider({
    issuer,
    db,
    keys,
    seal,
    signingKeys: ring.current().usable,
    throttle,
    fedcm: answers,
    locales: localeTags,
    pages,
    log,
    onTokens: metrics.tokensIssued,
  })
  followKeys(provider, ring)
  const sessions = createSessions(provider, sessionHooks(db, cookie))
  answerByFedcm(provider, { answers, page: answerPage, renderError: pages.renderError })
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
    announcements: announcements(config.databaseUrl),
    sessions,
    fedcmCookie: cookie,
    fedcmBinding: binding,
    issueCode: codeIssuer(provider),
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
    usageEvery: parts.usageEvery,
    apiKeys: apiKeyChanges({ db, capped: config.rateLimits }),
    links: setUpLinks({ issuer }),
    upstreamLimits: parts.upstreamLimits,
    rules: { scopes: allScopes, redirectUriProblem },
  }
}

export type House = Awaited<ReturnType<typeof furnish>>

/** For the browser's own dialog: its cookie, and who is answered in its window. */
function fedcmParts(keys: Keys, secure: boolean) {
  const binding = fedcmBinding(keys.fedcmBinding)
  const cookie = fedcmCookie({ keys: keys.fedcm, secure, lifetime: lifetimes.sessionAbsolute })
  return { cookie, binding, answers: fedcmAnswers(binding) }
}

/** What else happens when a browser signs in or out. */
const sessionHooks = (db: Database, cookie: ReturnType<typeof fedcmCookie>): SessionHooks => ({
  signedIn: (ctx, session) => {
    cookie.set(ctx, session)
    const device = { userAgent: ctx.get('user-agent'), ip: ctx.ip }
    return noteDevice(db, { ...session, ...device, lifetime: lifetimes.sessionAbsolute })
  },
  signedOut: cookie.clear,
  // Other sites make the browser send this cookie without the session's: that alone says nothing.
  nobody: async (ctx) => {
    const named = cookie.read(ctx)
    if (named && !(await findSessionByUid(db, named.uid))) cookie.clear(ctx)
  },
})
