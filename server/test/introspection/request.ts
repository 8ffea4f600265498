import { createHash } from 'node:crypto'
import { Agent, request } from 'node:http'
import type { TestContext } from 'node:test'
import { type Case, secretNames, spoilings } from './cases.ts'
import type { Caller, World } from './world.ts'

export interface Sent {
  path: string
  headers: Record<string, string>
  body: string
}

/** The request that a case means, byte by byte. */
export function written(asked: Case, world: World): Sent {
  const { presented } = asked
  const owner = 'junk' in presented ? 'app' : presented.owner
  const caller = world.callers[asked.caller === 'the owner' ? owner : asked.caller]
  const proof = proofOf(asked, caller, world)
  const fields: [string, string][] = [['token', tokenOf(asked, world)]]
  if (asked.hint !== undefined) fields.push(['token_type_hint', asked.hint])
  fields.push(...proof.fields)
  if (asked.extra) fields.push(asked.extra)
  const again = fields.find(([name]) => name === asked.twice)
  if (again) fields.push(again)
  const json = asked.type?.toLowerCase().includes('json') === true
  const body = json ? jsonOf(fields, asked.odd) : String(new URLSearchParams(fields))
  const { authorization } = proof
  return {
    path: asked.path,
    headers: {
      ...(asked.type === undefined ? {} : { 'content-type': asked.type }),
      ...(authorization === undefined ? {} : { authorization }),
      ...asked.headers,
    },
    body: asked.odd === 'null' && !json ? `%EF%BB%BF${body}` : body,
  }
}

function tokenOf({ presented }: Case, world: World): string {
  if ('junk' in presented) return presented.junk
  const token = world.token(presented.kind, presented.owner, presented.state)
  return presented.spoilt ? spoilings[presented.spoilt](token) : token
}

function secretOf({ secret }: Case, { secrets }: Caller, world: World): string {
  const known = secretNames.find((name) => name === secret)
  if (known) return secrets[known]
  if (secret === 'hashed') return createHash('sha256').update(secrets.first).digest('hex')
  if (secret === 'of another') return world.callers.other.secrets.first
  if (secret === 'empty') return ''
  return secret === 'wrong' ? `${secrets.first}x` : secret === 'odd' ? '+ %41:&=' : 'é😀'
}

interface Proof {
  authorization?: string | undefined
  fields: [string, string][]
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

function proofOf(asked: Case, caller: Caller, world: World): Proof {
  const secret = secretOf(asked, caller, world)
  const { clientId } = caller
  const encoded = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`
  const idField: [string, string] = ['client_id', clientId]
  const body: [string, string][] = [idField, ['client_secret', secret]]
  const header = (pair: string, fields: [string, string][] = []): Proof => ({
    authorization: `Basic ${base64(pair)}`,
    fields,
  })
  const plain = (authorization: string | undefined, fields: [string, string][] = []): Proof => ({
    authorization,
    fields,
  })
  const forms: Record<Case['proof'], () => Proof> = {
    basic: () => header(encoded),
    body: () => plain(undefined, body),
    'basic beside its client_id': () => header(encoded, [idField]),
    'basic beside an empty client_id': () => header(encoded, [['client_id', '']]),
    'basic beside an empty secret': () => header(encoded, [['client_secret', '']]),
    'basic beside the client_id of another': () =>
      header(encoded, [['client_id', world.callers.other.clientId]]),
    'basic and body': () => header(encoded, body),
    'basic in capitals': () => plain(`BASIC ${base64(encoded)}`),
    'basic all percent': () => header(`${percent(clientId)}:${percent(secret)}`),
    'basic with plus': () => header(encoded.replaceAll('%20', '+')),
    'basic not encoded': () => header(`${clientId}:${secret}`),
    'basic without padding': () => plain(`Basic ${base64(encoded).replace(/=+$/, '')}`),
    'basic with broken percent': () => header(`${encoded}%`),
    'basic with a NUL': () => header(`${encoded}%00`),
    'basic without a colon': () => header(encodeURIComponent(clientId)),
    'basic of two words': () => plain(`Basic ${base64(encoded)} x`),
    'basic of nothing': () => plain('Basic '),
    bearer: () => plain(`Bearer ${secret.replace(/[^\w]/g, '') || 'x'}`),
    'an empty header': () => plain('', body),
    'client_id alone': () => plain(undefined, [idField]),
    'secret alone': () => plain(undefined, [['client_secret', secret]]),
    nothing: () => plain(undefined),
  }
  return forms[asked.proof]()
}

/** Written by hand, so that a name may come twice and a value be no text. */
function jsonOf(fields: [string, string][], odd: Case['odd']): string {
  const oddities = { number: '1', array: '["x"]', null: 'null', 'lone surrogate': '"\\ud800"' }
  const members = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  if (odd) members.push(`"x":${oddities[odd]}`)
  return `{${members.join(',')}}`
}

export interface Seen {
  status: number
  headers: Record<string, unknown>
  body: string
}

/** Sends over a few connections that stay open; they end with the test. */
export function sender(t: TestContext, url: string): (sent: Sent) => Promise<Seen> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  t.after(() => agent.destroy())
  return ({ path, headers, body }) => {
    const chunked = 'transfer-encoding' in headers
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    return new Promise((resolve, reject) => {
      request(
        url + path,
        { method: 'POST', agent, headers: { ...(chunked ? {} : length), ...headers } },
        async (response) => {
          let text = ''
          for await (const chunk of response.setEncoding('utf8')) text += chunk
          resolve({
            status: response.statusCode ?? 0,
            headers: telling(response.headers),
            body: text.replaceAll(String(response.headers['x-request-id']), '(request id)'),
          })
        },
      )
        .on('error', reject)
        .end(body)
    })
  }
}

/** Without what differs from answer to answer whoever gives it. */
function telling(headers: Record<string, unknown>): Record<string, unknown> {
  const { date, 'x-request-id': requestId, 'keep-alive': keepAlive, ...rest } = headers
  return rest
}
