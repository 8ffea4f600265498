import { redirectUri, verifier } from './grants.ts'

export interface Credentials {
  clientId: string
  secret: string
}

/** A request that a client sent, and what came back, as far as something did. */
export interface Attempt {
  kind: 'exchange' | 'refresh' | 'machine' | 'introspect' | 'revoke' | 'get'
  /** Base URL of the node that was asked. */
  node: string
  client?: Credentials | undefined
  /** The code or token that it was about. */
  presented?: string | undefined
  /** Milliseconds on this process's own clock. */
  startedAt: number
  endedAt: number
  /** undefined: the connection broke, and nobody knows what became of the request. */
  answer: Answer | undefined
}

export interface Answer {
  status: number
  retryAfter: string | null
  text: string
  /** undefined: the text is not whole JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what tests look into is the point of the test
  body: any
}

/** Clients that remember all they did and were told; the auditor holds it against the servers. */
export class Witness {
  readonly attempts: Attempt[] = []

  exchange(node: string, client: Credentials, code: string): Promise<Answer | undefined> {
    const fields = { code, redirect_uri: redirectUri, code_verifier: verifier }
    return this.#token('exchange', node, client, { grant_type: 'authorization_code', ...fields })
  }

  refresh(node: string, client: Credentials, token: string): Promise<Answer | undefined> {
    const fields = { grant_type: 'refresh_token', refresh_token: token }
    return this.#token('refresh', node, client, fields)
  }

  machineToken(node: string, client: Credentials): Promise<Answer | undefined> {
    return this.#token('machine', node, client, { grant_type: 'client_credentials' })
  }

  introspect(node: string, client: Credentials, token: string): Promise<Answer | undefined> {
    return this.#post('introspect', `${node}/api/oauth/introspect`, { node, client, token })
  }

  revoke(node: string, client: Credentials, token: string): Promise<Answer | undefined> {
    return this.#post('revoke', `${node}/api/oauth/revoke`, { node, client, token })
  }

  get(node: string, path: string): Promise<Answer | undefined> {
    return this.#sent({ kind: 'get', node }, () => fetch(node + path, { redirect: 'manual' }))
  }

  #token(kind: Attempt['kind'], node: string, client: Credentials, fields: Fields) {
    const presented = fields.code ?? fields.refresh_token
    const attempt = { kind, node, client, presented }
    return this.#sent(attempt, () => post(`${node}/api/oauth/token`, client, fields))
  }

  #post(kind: Attempt['kind'], url: string, { node, client, token }: AboutToken) {
    const attempt = { kind, node, client, presented: token }
    return this.#sent(attempt, () => post(url, client, { token }))
  }

  async #sent(
    about: Pick<Attempt, 'kind' | 'node' | 'client' | 'presented'>,
    send: () => Promise<Response>,
  ): Promise<Answer | undefined> {
    const startedAt = performance.now()
    const answer = await send()
      .then(answerOf)
      .catch(() => undefined)
    this.attempts.push({ ...about, startedAt, endedAt: performance.now(), answer })
    return answer
  }
}

type Fields = Record<string, string>

interface AboutToken {
  node: string
  client: Credentials
  token: string
}

/** Longer than any server may take, so that a hanging one is seen and not waited for. */
const patience = 30_000

function post(url: string, { clientId, secret }: Credentials, fields: Fields): Promise<Response> {
  const body = new URLSearchParams({ client_id: clientId, client_secret: secret, ...fields })
  return fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(patience) })
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const retryAfter = response.headers.get('retry-after')
  return { status: response.status, retryAfter, text, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
