import { resolve } from 'node:path'
import type { z } from 'zod'
import { isLoopback, settings } from './settings.ts'

export interface Config {
  readonly host: string
  readonly port: number
  /** The public origin, without a trailing slash. */
  readonly issuer: string
  readonly issuerIsLoopback: boolean
  readonly databaseUrl?: string
  readonly dataDir: string
  readonly secretKey?: string
  readonly secretKeysAccepted: readonly string[]
  readonly adminEmail?: string
  readonly adminPassword?: string
  readonly adminToken?: string
  readonly platformApiUrl?: string
  readonly smtpUrl?: string
  readonly mailFrom: string
  readonly redisUrl?: string
  readonly otlpEndpoint?: string
  /** Hops, or the proxies' addresses. */
  readonly trustProxy: false | number | readonly string[]
  readonly demo: boolean
  readonly demoOrigin: string
  readonly rateLimits: boolean
  /** off: waits until another process has migrated. only: does that and ends. */
  readonly migrate: 'on' | 'off' | 'only'
  /** Serves on for as long after SIGTERM, so that balancers notice that it is not ready. */
  readonly drainSeconds: number
  readonly logLevel: string
}

/** The start must stop: one line for each thing to change, none with a secret in it. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: string[], options?: ErrorOptions) {
    super(problems.join('\n'), options)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

type Environment = Record<string, string | undefined>
type Settings = z.infer<typeof settings>

/** The environment with what `.env` of the working directory adds; a variable that is set already wins. */
export function environment(): Environment {
  try {
    process.loadEnvFile()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new ConfigError(['.env: make it a file that can be read'], { cause })
    }
  }
  return process.env
}

/** The checked configuration; throws a ConfigError that names every problem at once. */
export function readConfig(env: Environment = environment()): Config {
  const given = (name: keyof Settings) => Boolean(env[name]?.trim())
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  // Variable by variable, not as one object: a bad value must not hide what else is wrong.
  for (const name of settings.keyof().options) {
    const result = settings.shape[name].safeParse(given(name) ? env[name] : undefined)
    if (result.success) values[name] = result.data
    else problems.push(...result.error.issues.map(({ message }) => `${name}: ${message}`))
  }
  problems.push(...disagreements(given, values))
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze(configOf(values as Settings))
}

function disagreements(given: (name: keyof Settings) => boolean, values: Partial<Settings>) {
  const { ISSUER, PORT, DEMO, RATE_LIMITS } = values
  const isPublic = ISSUER !== undefined && !isLoopback(ISSUER)
  const rules: [broken: boolean, problem: string][] = [
    [
      given('DATABASE_URL') && !given('SECRET_KEY'),
      'SECRET_KEY: set it, the same for every node that shares DATABASE_URL; openssl rand -hex 32 makes one',
    ],
    [
      given('ADMIN_EMAIL') && !given('ADMIN_PASSWORD'),
      'ADMIN_PASSWORD: set it too, or leave ADMIN_EMAIL out',
    ],
    [
      given('ADMIN_PASSWORD') && !given('ADMIN_EMAIL'),
      'ADMIN_EMAIL: set it too, or leave ADMIN_PASSWORD out',
    ],
    [
      RATE_LIMITS === false && isPublic,
      'RATE_LIMITS: off needs a loopback ISSUER; leave it out on a public one',
    ],
    [
      PORT === 65535 && (DEMO ?? !isPublic),
      'PORT: use at most 65534, as the demo site takes the port above; or set DEMO=off',
    ],
  ]
  return rules.filter(([broken]) => broken).map(([, problem]) => problem)
}

function configOf(values: Settings): Config {
  const issuer = values.ISSUER ?? new URL(`http://localhost:${values.PORT}`)
  const issuerIsLoopback = isLoopback(issuer)
  const mailHost = /^[\d.[]/.test(issuer.hostname) ? 'localhost' : issuer.hostname
  return {
    host: values.HOST,
    port: values.PORT,
    issuer: issuer.origin,
    issuerIsLoopback,
    databaseUrl: values.DATABASE_URL,
    dataDir: resolve(values.DATA_DIR),
    secretKey: values.SECRET_KEY,
    secretKeysAccepted: values.SECRET_KEYS_ACCEPTED,
    adminEmail: values.ADMIN_EMAIL,
    adminPassword: values.ADMIN_PASSWORD,
    adminToken: values.ADMIN_TOKEN,
    platformApiUrl: values.PLATFORM_API_URL,
    smtpUrl: values.SMTP_URL,
    mailFrom: values.MAIL_FROM ?? `AutoGPT <no-reply@${mailHost}>`,
    redisUrl: values.REDIS_URL,
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    trustProxy: values.TRUST_PROXY,
    demo: values.DEMO ?? issuerIsLoopback,
    // A public issuer stands behind something that ends TLS; so must its demo site, on the port above.
    demoOrigin: `${issuerIsLoopback ? 'http:' : issuer.protocol}//${issuer.hostname}:${values.PORT + 1}`,
    rateLimits: values.RATE_LIMITS,
    migrate: values.MIGRATE,
    // A single process with the database in it has no balancer in front that would send people elsewhere.
    drainSeconds: values.DRAIN_SECONDS ?? (values.DATABASE_URL ? 5 : 0),
    logLevel: values.LOG_LEVEL,
  }
}
