import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { collectDefaultMetrics } from 'prom-client'
import { parse } from 'yaml'
import { introspect, post, refresh, type TestServer, tokensFor } from '../../server/test/harness.ts'
import { sharedServer } from '../../server/test/requests.ts'
import { type Sample, scrape } from '../../server/test/scrape.ts'
import { read } from './markdown.ts'
import { selectorsOf } from './promql.ts'

interface Panel {
  id: number
  title: string
  type: string
  targets?: { expr: string }[]
}

const dashboard = JSON.parse(read('docs/operate/grafana-dashboard.json'))
const panels: Panel[] = dashboard.panels
const alerts: { alert: string; expr: string }[] = parse(read('docs/operate/alerts.yml')).groups[0]
  .rules

/** What Prometheus adds to each sample. */
const ofPrometheus = ['job', 'instance']

let samples: Sample[] = []

suite('the metrics', () => {
  before(async () => {
    // As main.ts does.
    collectDefaultMetrics()
    const server = await sharedServer()
    await useEverything(server)
    samples = await scrape(server)
  })

  for (const { id, title, targets = [] } of panels) {
    for (const { expr } of targets) {
      test(`panel ${id}, ${title}: ${expr.slice(0, 60)}`, () => assertAnswered(expr))
    }
  }

  for (const { alert, expr } of alerts) test(`alert ${alert}`, () => assertAnswered(expr))

  test('every metric of ours is on the dashboard', () => {
    const shown = new Set(
      panels
        .flatMap(({ targets = [] }) => targets)
        .flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric)),
    )
    const ours = samples.map(({ name }) => name).filter((name) => name.startsWith('sso_'))

    const parts = /_(sum|count|bucket)$/
    const unseen = [...new Set(ours)].filter((name) => !shown.has(name) && !parts.test(name))
    assert.deepEqual(unseen, [])
  })
})

test('the dashboard has panels of one id each, which do not lie on one another', () => {
  const ids = panels.map(({ id }) => id)

  assert.equal(new Set(ids).size, ids.length)
  const places = dashboard.panels.map(({ gridPos }: { gridPos: object }) => JSON.stringify(gridPos))
  assert.equal(new Set(places).size, places.length)
})

test('a query that is no PromQL, or asks for what nobody measures, is found', () => {
  assert.throws(() => selectorsOf('sum(rate(x[5m])'))
  assert.throws(() => assertAnswered('sso_no_such_metric > 1'), /sso_no_such_metric/)
  assert.throws(() => assertAnswered('sum by (color) (sso_logins_total)'), /color/)
  assert.throws(() => assertAnswered('sso_logins_total{outcome="happy"}'), /happy/)
})

/** Everything that is counted has happened at least once. */
async function useEverything(server: TestServer): Promise<void> {
  const client = await server.client()
  const machine = await server.client({ type: 'machine' })
  const user = await server.user()
  const tokens = await tokensFor(server, client, user)
  await refresh(server, client, tokens.refresh_token ?? '')
  await introspect(server, client, tokens.access_token ?? '')
  await post(server, '/api/oauth/token', { grant_type: 'client_credentials' }, machine)
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/forgot-password'), { email: user.email })
  server.app.onSwept({ sessions: 1 })
}

/** The metric is there, and has these labels and values. */
function assertAnswered(query: string): void {
  for (const { metric, labels, values } of selectorsOf(query)) {
    if (metric === 'up') continue
    const found = samples.filter(({ name }) => name === metric)
    assert.ok(found.length > 0, `nobody measures ${metric}`)
    for (const label of labels.filter((name) => !ofPrometheus.includes(name))) {
      assert.ok(
        found.every((sample) => label in sample.labels),
        `${metric} has no ${label}`,
      )
    }
    for (const [label, value] of values.filter(([name]) => !ofPrometheus.includes(name))) {
      const isThere = found.some((sample) => sample.labels[label] === value)
      assert.ok(isThere, `${metric} has no ${label}="${value}"`)
    }
  }
}
