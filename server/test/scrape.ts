import assert from 'node:assert/strict'
import type { TestServer } from './harness.ts'

export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

/** Prometheus' text format: `name{label="value"} number` lines between comments. */
function samplesOf(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      assert.ok(name, line)
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
      return {
        name,
        labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])),
        value: Number(value),
      }
    })
}

export async function scrape(server: Pick<TestServer, 'url'>): Promise<Sample[]> {
  const response = await fetch(`${server.url}/metrics`)
  assert.equal(response.status, 200)
  return samplesOf(await response.text())
}

/** The sum of the samples that have these labels. */
export function sumOf(
  samples: Sample[],
  name: string,
  labels: Record<string, string> = {},
): number {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) =>
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0)
}
