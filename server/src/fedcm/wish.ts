import { parse } from 'secure-json-parse'
import type { Client } from '#db/clients.ts'
import type { FedcmParts } from './parts.ts'
import { FedcmError } from './requests.ts'

/** What the widget, or any page, asks for: an authorization request in FedCM's parameters. */
export interface Wish {
  redirectUri: string
  scopes: string[]
  state: string
  nonce: string | undefined
  codeChallenge: string
  /** The same request as an address would have it. */
  asked: Record<string, string>
}

/** What an app may ask for, by the rules of the authorization endpoint. */
export function readWish(form: URLSearchParams, client: Client, parts: FedcmParts): Wish {
  const asked = textMembers(form.get('params') ?? '')
  const { redirect_uri: redirectUri = '', code_challenge: codeChallenge = '' } = asked
  const wrong = (message: string) => new FedcmError('invalid_request', message)
  if (asked.response_type !== 'code') throw wrong('response_type must be code')
  if (!client.grantTypes.includes('authorization_code')) throw wrong('this app signs nobody in')
  if (!parts.redirectUriMatches(redirectUri, client.redirectUris)) {
    throw wrong('redirect_uri is not registered')
  }
  // RFC 9700 2.1.1: plain is no protection.
  if (asked.code_challenge_method !== 'S256' || !/^[\w-]{43}$/.test(codeChallenge)) {
    throw wrong('PKCE with S256 is needed')
  }
  const scopes = [...new Set((asked.scope ?? '').split(' ').filter(Boolean))]
  const foreign = scopes.find(
    (scope) => !parts.scopes.needsNoRegistration(scope) && !client.scopes.includes(scope),
  )
  if (foreign || scopes.length === 0) throw wrong(`the app is not registered for ${foreign ?? ''}`)
  const state = asked.state ?? ''
  return { redirectUri, scopes, state, nonce: asked.nonce, codeChallenge, asked }
}

function textMembers(text: string): Record<string, string> {
  const value = jsonIn(text)
  if (typeof value !== 'object' || value === null) {
    throw new FedcmError('invalid_request', 'params is not a JSON object')
  }
  const members = Object.entries(value).map(([name, member]) => [name, String(member)] as const)
  if (members.some(([, member]) => member.includes('\0'))) {
    throw new FedcmError('invalid_request', 'params contains a NUL character')
  }
  return Object.fromEntries(members)
}

function jsonIn(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}
