import { parser } from '@prometheus-io/lezer-promql'

export interface Selector {
  metric: string
  /** Of its own matchers, and of the `by` that groups what they select. */
  labels: string[]
  /** Those that ask for one value. */
  values: [label: string, value: string][]
}

/** What a query asks for, read by Prometheus' own grammar; throws where it is no PromQL. */
export function selectorsOf(query: string): Selector[] {
  // Grafana puts its variables in before it asks.
  const text = query.replaceAll('$__rate_interval', '5m')
  const found: Selector[] = []
  const groupings: { to: number; labels: string[] }[] = []
  const cursor = parser.parse(text).cursor()
  do {
    const { name, from, to } = cursor
    const source = text.slice(from, to)
    if (cursor.type.isError) throw new Error(`no PromQL at ${from}: ${text}`)
    if (name === 'AggregateExpr') {
      const [, by = ''] = /^\w+\s+by\s*\(([^)]*)\)/.exec(source) ?? []
      groupings.push({ to, labels: by.split(',').map(trimmed).filter(Boolean) })
    }
    if (name === 'VectorSelector') {
      const within = groupings.filter((grouping) => grouping.to >= to)
      found.push({ metric: '', labels: within.flatMap(({ labels }) => labels), values: [] })
    }
    const selector = found.at(-1)
    if (name === 'Identifier' && selector) selector.metric = source
    if (name === 'UnquotedLabelMatcher' && selector) {
      const [, label = '', operator, value = ''] = /^(\w+)\s*(\S?[=~])\s*"(.*)"$/.exec(source) ?? []
      selector.labels.push(label)
      if (operator === '=') selector.values.push([label, value])
    }
  } while (cursor.next())
  return found
}

const trimmed = (text: string) => text.trim()
