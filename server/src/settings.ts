import { isIP } from 'node:net'
import proxyaddr from 'proxy-addr'
import { z } from 'zod'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/i

/**
 * Every variable of the environment that the server reads, each with its own rule. A message is what to
 * do, and never repeats a value: addresses of services carry passwords.
 */
export const settings = z.object({
  HOST: z
    .string()
    .refine((host) => isIP(host) !== 0 || HOST_NAME.test(host), 'give an IP address or a host name')
    .default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'give a number from 1 to 65535')
    .transform(Number)
    .refine((port) => port >= 1 && port <= 65535, 'give a number from 1 to 65535')
    .default(4000),
  ISSUER: address(['https', 'http'], 'https://auth.example.com')
    .refine(({ hash, search }) => !hash && !search, 'remove the ? or # and what follows')
    .refine(({ pathname }) => pathname === '/', 'remove the path: the server owns the whole origin')
    .refine(({ username, password }) => !username && !password, 'remove the name or password')
    .refine(
      (url) => url.protocol === 'https:' || isLoopback(url),
      'use https; http is accepted for localhost, *.localhost, 127.0.0.1 and [::1] only',
    )
    .optional(),
  DATABASE_URL: address(['postgres', 'postgresql'], 'postgres://user:password@host:5432/name')
    .transform(({ href }) => href)
    .optional(),
  DATA_DIR: z.string().default('.data'),
  SECRET_KEY: secret(32).optional(),
  SECRET_KEYS_ACCEPTED: z
    .string()
    .transform((list) => list.split(',').map((key) => key.trim()))
    .refine(
      (keys) => keys.every(({ length }) => length >= 32),
      'give earlier or coming values of SECRET_KEY, with a comma between; each has at least 32 characters',
    )
    .default([]),
  ADMIN_EMAIL: z
    .string()
    .regex(/^[^\s@<>",;:]+@[^\s@<>",;:]+$/, 'give one e-mail address, such as admin@example.com')
    .optional(),
  ADMIN_PASSWORD: z
    .string()
    .refine(({ length }) => length >= 8 && length <= 256, 'use 8 to 256 characters')
    .optional(),
  ADMIN_TOKEN: secret(24)
    // RFC 6750 2.1: what an Authorization header can carry.
    .regex(/^[A-Za-z0-9._~+/-]+=*$/, 'use letters, digits and . _ ~ + / - only')
    .optional(),
  PLATFORM_API_URL: address(['https', 'http'], 'https://platform.example.com')
    .transform(({ href }) => href)
    .optional(),
  SMTP_URL: address(['smtp', 'smtps'], 'smtp://user:password@mail.example.com:587')
    .transform(({ href }) => href)
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^([^<>@\r\n]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      'give an address, such as sso@example.com or AutoGPT <sso@example.com>',
    )
    .optional(),
  REDIS_URL: address(['redis', 'rediss'], 'redis://host:6379')
    .transform(({ href }) => href)
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: address(['https', 'http'], 'http://collector:4318')
    .transform(({ href }) => href)
    .optional(),
  TRUST_PROXY: z.string().transform(trustProxy).default(false),
  DEMO: onOff().optional(),
  RATE_LIMITS: onOff().default(true),
  MIGRATE: z.enum(['on', 'off', 'only'], { error: 'give on, off or only' }).default('on'),
  DRAIN_SECONDS: z
    .string()
    .regex(/^\d{1,3}$/, 'give a number of seconds, such as 5')
    .transform(Number)
    .optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `give one of ${LOG_LEVELS.join(', ')}` }).default('info'),
})

/** `http` is for people's own machines; RFC 8252 8.3 names these hosts. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
}

function address(schemes: string[], example: string) {
  const message = `give an address such as ${example}`
  return z
    .string()
    .refine((text) => URL.canParse(text) && /^[a-z]+:\/\//i.test(text), { message, abort: true })
    .transform((text) => new URL(text))
    .refine(({ protocol }) => schemes.includes(protocol.slice(0, -1)), { message, abort: true })
}

function secret(length: number) {
  return z
    .string()
    .min(length, `use at least ${length} random characters, such as those of: openssl rand -hex 32`)
}

function onOff() {
  return z.stringbool({ truthy: ['on', 'true'], falsy: ['off', 'false'], error: 'give on or off' })
}

function trustProxy(text: string, ctx: z.RefinementCtx): false | number | string[] {
  if (/^\d{1,2}$/.test(text)) return Number(text) || false
  const ranges = text.split(',').map((range) => range.trim())
  for (const [index, range] of ranges.entries()) {
    if (isRange(range)) continue
    const message = `give a number of hops, or addresses such as 10.0.0.0/8 (number ${index + 1} is none)`
    ctx.addIssue({ code: 'custom', message })
  }
  return ranges
}

function isRange(range: string): boolean {
  try {
    proxyaddr.compile(range)
    return true
  } catch {
    return false
  }
}
