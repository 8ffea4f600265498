import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import Koa from 'koa'
import { widgetRoutes } from './routes.ts'
import { widgetFolder } from './widget-folder.ts'

const forGood = 'public, max-age=31536000, immutable'
const forMinutes = 'public, max-age=300'

// What a browser keeps for a year it never asks for again, and the next build is another one.
test('only what was released is for good, what is worked on is not', async (t) => {
  const origin = await serve(t, {
    'package.json': '{"version": "1.1.0"}',
    'dist/cdn/autogpt-signin.js': 'new',
    'releases/1.0.0/autogpt-signin.js': 'old',
  })

  for (const [version, text, kept] of [
    ['1.0.0', 'old', forGood],
    ['1.1.0', 'new', forMinutes],
    ['v1', 'new', forMinutes],
  ]) {
    for (const file of ['autogpt-signin.js', 'manifest.json']) {
      const response = await fetch(`${origin}/widget/${version}/${file}`)

      assert.equal(response.headers.get('cache-control'), kept, `${version} ${file}`)
      if (file !== 'manifest.json') assert.equal(await response.text(), text)
    }
  }
})

async function serve(t: TestContext, files: Record<string, string>): Promise<string> {
  const app = new Koa()
  const log = { warn: () => {} }
  const routes = widgetRoutes({ issuer: 'http://localhost', folder: widgetFolder(t, files), log })
  const server = createServer(app.use(routes.routes()).callback())
  t.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
