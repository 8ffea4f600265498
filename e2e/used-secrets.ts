import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { type Exchange, secretsOf } from '../server/test/suite-log/secrets-of.ts'

const folder = process.env.TEST_LOG_FOLDER
const used = new Set<string>()

if (folder) {
  const file = join(folder, `browser-${process.pid}.secrets`)
  process.on('exit', () => writeFileSync(file, JSON.stringify([...used])))
}

/** Remembers what the browser sent and got, to be looked for in the server's log when all is over. */
export function noteSecretsOf(context: BrowserContext): void {
  if (!folder) return
  const note = (exchange: Exchange) => {
    for (const secret of secretsOf(exchange)) used.add(secret)
  }
  context.on('request', (request) => {
    note({ url: request.url(), requestBody: request.postData() ?? '' })
  })
  context.on('response', async (response) => {
    const responseHeaders = new Headers()
    // Both fail where the page was closed meanwhile.
    const headers = await response.headersArray().catch(() => [])
    for (const { name, value } of headers) responseHeaders.append(name, value)
    const isJson = responseHeaders.get('content-type')?.includes('json')
    const responseBody = isJson ? await response.text().catch(() => '') : ''
    note({ url: response.url(), responseHeaders, responseBody })
  })
}
