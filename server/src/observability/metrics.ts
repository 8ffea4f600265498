import { Counter, Gauge, Histogram, Registry, register } from 'prom-client'
import type { Database } from '#db/database.ts'
import type { AnsweredRequest } from './request-log.ts'

/** What happens in the server, counted. The features know it as callbacks they are handed. */
export interface Metrics {
  request(request: AnsweredRequest): void
  tokensIssued(grantType: string): void
  login(outcome: LoginOutcome): void
  mail(kind: string, outcome: MailOutcome): void
  shed(reason: string): void
  /** Expired rows were removed, so many of each table. */
  swept(removed: Record<string, number>): void
  /** In Prometheus' text format, the process's own facts included. */
  text(): Promise<string>
}

interface MetricsSources {
  db: Pick<Database, 'stats'>
  /** By algorithm. */
  signingSince(): Record<string, Date>
}

export type LoginOutcome = 'succeeded' | 'failed' | 'throttled' | 'unverified'
export type MailOutcome = 'sent' | 'retried' | 'failed' | 'dropped'

/**
 * In a registry of the app's own, so that many apps live in one process. prom-client's global one
 * has what belongs to the process (event loop, memory); main.ts fills it.
 */
export function createMetrics({ db, signingSince }: MetricsSources): Metrics {
  const registry = new Registry()
  const counter = counterIn(registry)
  const durations = new Histogram({
    name: 'sso_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const tokens = counter('sso_tokens_issued_total', 'Answers with an access token.', 'grant_type')
  const logins = counter('sso_logins_total', 'Passwords that were tried.', 'outcome')
  const mails = counter('sso_mails_total', 'Mail to people.', 'kind', 'outcome')
  const sheds = counter('sso_requests_shed_total', 'Requests refused under load.', 'reason')
  const swept = counter('sso_expired_rows_removed_total', 'Rows whose time was over.', 'table')
  databaseMetrics(registry, db)
  keyMetrics(registry, signingSince)

  // A counter that begins with its first event hides that event from rate().
  for (const outcome of ['succeeded', 'failed', 'throttled', 'unverified']) {
    logins.inc({ outcome }, 0)
  }
  for (const grant_type of ['authorization_code', 'refresh_token', 'client_credentials']) {
    tokens.inc({ grant_type }, 0)
  }
  for (const reason of ['event_loop', 'in_flight', 'passwords']) sheds.inc({ reason }, 0)
  for (const outcome of ['sent', 'retried', 'failed', 'dropped']) mails.inc({ outcome }, 0)
  return {
    request: ({ method, route, status, seconds }) =>
      durations.observe({ method, route, status }, seconds),
    tokensIssued: (grant_type) => tokens.inc({ grant_type }),
    login: (outcome) => logins.inc({ outcome }),
    mail: (kind, outcome) => mails.inc({ kind, outcome }),
    shed: (reason) => sheds.inc({ reason }),
    swept: (removed) => {
      for (const [table, rows] of Object.entries(removed)) swept.inc({ table }, rows)
    },
    text: async () => (await registry.metrics()) + (await register.metrics()),
  }
}

const counterIn =
  (registry: Registry) =>
  (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] })

/** Read when they are asked for: the database counts by itself. */
function databaseMetrics(registry: Registry, db: Pick<Database, 'stats'>): void {
  const registers = [registry]
  new Counter({
    name: 'sso_database_statements_total',
    help: 'Round trips to the database; begin and commit are one each.',
    registers,
    collect() {
      this.reset()
      this.inc(db.stats().statements)
    },
  })
  new Gauge({
    name: 'sso_database_connections',
    help: 'Open connections.',
    labelNames: ['state'] as const,
    registers,
    collect() {
      const { connections, idle } = db.stats()
      this.set({ state: 'busy' }, connections - idle)
      this.set({ state: 'idle' }, idle)
    },
  })
  new Gauge({
    name: 'sso_database_waiting_requests',
    help: 'Requests that wait for a connection.',
    registers,
    collect() {
      this.set(db.stats().waiting)
    },
  })
}

/** A key that signs for longer than the schedule wants means that rotation stands still. */
function keyMetrics(registry: Registry, signingSince: () => Record<string, Date>): void {
  new Gauge({
    name: 'sso_signing_key_age_seconds',
    help: 'How long the current key has been signing, by algorithm.',
    labelNames: ['algorithm'] as const,
    registers: [registry],
    collect() {
      for (const [algorithm, since] of Object.entries(signingSince())) {
        this.set({ algorithm }, (Date.now() - since.getTime()) / 1000)
      }
    },
  })
}
