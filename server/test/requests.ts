import assert from 'node:assert/strict'
import { after, type TestContext } from 'node:test'
import {
  type Answer,
  answerOf,
  callbackParams,
  password,
  startServer,
  type TestClient,
  type TestServer,
  type TestUser,
} from './harness.ts'
import type { Page, Visitor } from './visitor.ts'

/** One server for those tests of a file that do not disturb one another. */
export function sharedServer(env: Record<string, string> = {}): Promise<TestServer> {
  return startServer({ after } as unknown as TestContext, env)
}

/** Any request to the server, its answer read. */
export async function send(
  server: TestServer,
  path: string,
  init: RequestInit = {},
): Promise<Answer> {
  return answerOf(await fetch(server.url + path, { redirect: 'manual', ...init }))
}

/** A form post as it is given: fields may come twice, and there are no credentials unless given. */
export function sendForm(
  server: TestServer,
  path: string,
  fields: string[][] | Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(server, path, { method: 'POST', body: new URLSearchParams(fields), headers })
}

/** HTTP Basic with the encoding of RFC 6749 2.3.1. */
export function basic({ clientId, secret }: Pick<TestClient, 'clientId' | 'secret'>) {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

export const bearer = (token: string | undefined) => ({ authorization: `Bearer ${token}` })

/** The browser stayed here and reads why: no redirect, a page and a 4xx. */
export function assertErrorPage(server: TestServer, page: Page): void {
  assert.equal(new URL(page.url).origin, server.url, `sent away to ${page.url}`)
  assert.ok(page.status >= 400 && page.status < 500, `${page.status}: ${page.text.slice(0, 300)}`)
  assert.equal(page.headers.get('location'), null)
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
  assert.match(page.html.querySelector('h1')?.text ?? '', /\w/)
}

/** The error that came back to the app; every one names the issuer and repeats the state (A141). */
export function errorAtCallback(
  server: TestServer,
  page: Page,
  callback = 'https://app.example/callback',
): Record<string, string> {
  assert.ok(page.url.startsWith(`${callback}?`), `not at the callback: ${page.url} ${page.text}`)
  const { state, iss, ...error } = callbackParams(page)
  assert.equal(state, 'test-state')
  assert.equal(iss, server.url)
  const others = Object.keys(error).filter((name) => !/^error(_description)?$/.test(name))
  assert.deepEqual(others, [])
  return error
}

/** Goes there and signs in; what comes next is the consent page, or the app. */
export async function signIn(visitor: Visitor, path: string, user: TestUser): Promise<Page> {
  const page = await visitor.go(path)
  return visitor.submit(page, { email: user.email, password })
}

/** Posts the consent page's form, also with fields that it does not have. */
export function decide(
  visitor: Visitor,
  page: Page,
  fields: Record<string, string | string[]>,
): Promise<Page> {
  return visitor.submit(page, { decision: 'approve', ...fields }, { form: 'form.consent' })
}
