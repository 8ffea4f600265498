import type { CredentialKind } from '#db/credentials.ts'
import { isText } from '#db/values.ts'
import { kindOf } from '../credentials.ts'

/** A client, not yet proven, asks about a token that looks like one of ours. */
export interface Question {
  token: string
  kind: CredentialKind
  clientId: string
  secret: string
}

type Form = Readonly<Record<string, unknown>>

const names = new Set(['token', 'token_type_hint', 'client_id', 'client_secret'])
// RFC 7662 2.1: only an order to look in, and the prefix already says where.
const hints = new Set(['access_token', 'refresh_token'])

/**
 * What a well-formed request asks, or undefined for whatever is unusual about it, right or wrong:
 * the library knows what to say to that.
 */
export function questionOf(form: Form, authorization: string | undefined): Question | undefined {
  for (const name in form) {
    if (!names.has(name) || typeof form[name] !== 'string') return undefined
  }
  const { token = '', token_type_hint: hint, client_id, client_secret } = form as FormFields
  const kind = kindOf(token)
  if (!kind || (hint && !hints.has(hint))) return undefined
  if (authorization === undefined) {
    if (!client_id || !client_secret || !isText(client_id)) return undefined
    return { token, kind, clientId: client_id, secret: client_secret }
  }
  const basic = client_secret ? undefined : basicCredentials(authorization)
  if (!basic || (client_id && client_id !== basic.clientId)) return undefined
  return { token, kind, ...basic }
}

type FormFields = Partial<
  Record<'token' | 'token_type_hint' | 'client_id' | 'client_secret', string>
>

/** RFC 7617 2 with the encoding of RFC 6749 2.3.1 and the characters of its appendix A. */
function basicCredentials(header: string): Pick<Question, 'clientId' | 'secret'> | undefined {
  const encoded = /^basic ((?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/i.exec(
    header,
  )?.[1]
  if (!encoded) return undefined
  const pair = Buffer.from(encoded, 'base64').toString()
  const colon = pair.indexOf(':')
  const clientId = formDecoded(pair.slice(0, Math.max(colon, 0)))
  const secret = formDecoded(pair.slice(colon + 1))
  return clientId && secret ? { clientId, secret } : undefined
}

function formDecoded(text: string): string | undefined {
  try {
    const plain = /[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', '%20')) : text
    return /^[\x20-\x7e]+$/.test(plain) ? plain : undefined
  } catch {
    return undefined
  }
}
