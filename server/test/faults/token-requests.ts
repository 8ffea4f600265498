import { type Grantee, redirectUri, verifier } from './grants.ts'

export interface Answer {
  status: number
  headers: Headers
  body: {
    error?: string
    active?: boolean
    access_token: string
    refresh_token: string
  }
}

/** undefined: the connection broke, and nobody knows what became of the request. */
export type MaybeAnswer = Answer | undefined

export const exchange = (url: string, client: Grantee, code: string) =>
  ask(`${url}/api/oauth/token`, client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })

export const refresh = (url: string, client: Grantee, token: string) =>
  ask(`${url}/api/oauth/token`, client, { grant_type: 'refresh_token', refresh_token: token })

export const revoke = (url: string, client: Grantee, token: string) =>
  ask(`${url}/api/oauth/revoke`, client, { token })

export async function isActive(url: string, client: Grantee, token: string): Promise<boolean> {
  const answer = await ask(`${url}/api/oauth/introspect`, client, { token })
  if (answer?.status !== 200) throw new Error(`introspection: ${answer?.status ?? 'broken off'}`)
  return answer.body.active === true
}

/** How many answers of each kind there were, such as `200` or `400 invalid_grant`. */
export function tally(answers: MaybeAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) {
    const kind = answer
      ? [answer.status, answer.body.error].filter(Boolean).join(' ')
      : 'broken off'
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

async function ask(
  url: string,
  { clientId, secret }: Grantee,
  fields: Record<string, string>,
): Promise<MaybeAnswer> {
  const body = new URLSearchParams({ client_id: clientId, client_secret: secret, ...fields })
  try {
    const response = await fetch(url, { method: 'POST', body })
    const { status, headers } = response
    return { status, headers, body: (await response.json()) as Answer['body'] }
  } catch {
    return undefined
  }
}
