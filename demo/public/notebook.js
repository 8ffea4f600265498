// Drawing: fills the places that index.html has for it, always as text, never as markup.
import { UnknownAttempt } from './sign-in.js'

/** @import { Tokens } from './sign-in.js' */
/** @typedef {Record<string, unknown>} Claims */

const sections = ['working', 'signed-out', 'signed-in']

/** @param {'working' | 'signed-out' | 'signed-in'} id */
export function show(id) {
  for (const section of sections) element(section).hidden = section !== id
  element('notice').hidden = true
}

/** @param {string} text */
export function showNotice(text) {
  element('notice').textContent = text
  element('notice').hidden = false
}

/** @param {{ title: string, text: string, detail?: string } | undefined} problem */
export function showProblem(problem) {
  element('problem').hidden = !problem
  slot('problem-title').textContent = problem?.title ?? ''
  slot('problem-text').textContent = problem?.text ?? ''
  slot('problem-detail').textContent = problem?.detail ?? ''
}

/** @param {unknown} error */
export function explain(error) {
  const { error: code, error_description: description, message } = /** @type {Claims} */ (error)
  const detail = [code ?? message, description].filter(Boolean).join(': ')
  if (code === 'access_denied') {
    return {
      title: 'No problem, nothing was shared',
      text: 'You said no at AutoGPT, so this notebook learned nothing about you. You can try again whenever you like.',
      detail,
    }
  }
  if (error instanceof UnknownAttempt) {
    return {
      title: 'This sign-in is already over',
      text: 'The answer from AutoGPT was used before, or belongs to another tab. Please sign in again.',
    }
  }
  if (error instanceof TypeError) {
    return {
      title: 'AutoGPT cannot be reached',
      text: 'Please try again in a moment.',
      detail,
    }
  }
  return { title: 'Signing in did not work', text: 'This is what went wrong:', detail }
}

/** @param {{ userinfo: Claims, me: Claims, tokens: Tokens, requestedScopes: string[] }} signIn */
export function showSignedIn({ userinfo, me, tokens, requestedScopes }) {
  show('signed-in')
  const name = String(userinfo.name || userinfo.email || 'you')
  slot('greeting-name').textContent = name
  slot('greeting-email').textContent = String(userinfo.email ?? userinfo.sub)
  slot('initials').textContent = initials(name)
  slot('who').replaceChildren(...who.flatMap((line) => whoRow(line, userinfo, me)))
  slot('granted').replaceChildren(...tokens.scopes.map(scopeItem))
  const missing = requestedScopes.filter((scope) => !tokens.scopes.includes(scope))
  slot('missing').replaceChildren(...missing.map(scopeItem))
  slot('missing-part').hidden = missing.length === 0
  document.title = `${name} · Ada’s Agent Notebook`
  element('hello').focus()
}

/** @param {Tokens} tokens @param {number} refreshed */
export function showTokens({ accessExpires, refreshExpires, claims }, refreshed) {
  slot('access-expiry').textContent = `until ${time(accessExpires)}`
  slot('refresh-expiry').textContent = refreshExpires ? `until ${day(refreshExpires)}` : 'none'
  slot('refresh-count').textContent =
    refreshed === 0
      ? 'not yet'
      : `${refreshed === 1 ? 'once' : `${refreshed} times`}, last at ${time(new Date())}`
  slot('claims').replaceChildren(
    ...Object.entries(claims).map(([claim, value]) => row(claim, meanings[claim] ?? '', [value])),
  )
}

/** Label, claim of userinfo, field of /external-api/v2/me. @type {[string, string, string][]} */
const who = [
  ['Name', 'name', 'name'],
  ['E-mail', 'email', 'email'],
  ['Verified', 'email_verified', ''],
  ['Time zone', 'zoneinfo', 'timezone'],
  ['User id', 'sub', 'user_id'],
  ['Credential', '', 'credential_type'],
]

/** @type {Record<string, string>} */
const purposes = {
  openid: 'to know that it is you',
  profile: 'to greet you by name',
  email: 'to know your address',
  IDENTITY: 'to know you in AutoGPT’s own API',
  READ_LIBRARY: 'to make a page for each agent in your library',
  RUN_AGENT: 'to run an agent from its page; runs spend your credits',
}

/** @type {Record<string, string>} */
const meanings = {
  iss: 'Who says so',
  sub: 'Who you are, for good',
  aud: 'For whom: this notebook',
  exp: 'Not to be believed after',
  iat: 'Said at',
  auth_time: 'When you signed in',
  nonce: 'The notebook’s own random value, so it is no replay',
  email: 'Your address',
  email_verified: 'You proved that it is yours',
  name: 'What to call you',
  zoneinfo: 'Your time zone',
  at_hash: 'Ties the access token to this',
  sid: 'Your session at AutoGPT',
  amr: 'How you signed in',
}

/** @param {[string, string, string]} line @param {Claims} userinfo @param {Claims} me */
function whoRow([label, claim, field], userinfo, me) {
  const sources = [
    userinfo[claim] !== undefined && `userinfo: ${claim}`,
    me[field] !== undefined && `v2/me: ${field}`,
  ].filter(Boolean)
  if (sources.length === 0) return []
  return [row(label, sources.join(' · '), [userinfo[claim] ?? me[field]])]
}

/** @param {string} label @param {string} hint @param {unknown[]} values */
function row(label, hint, values) {
  const row = document.createElement('tr')
  const head = document.createElement('th')
  head.scope = 'row'
  head.textContent = label
  const small = document.createElement('small')
  small.textContent = hint
  if (hint) head.append(small)
  row.append(head, ...values.map((value) => cell(label, value)))
  return row
}

/** @param {string} name @param {unknown} value */
function cell(name, value) {
  const data = document.createElement('td')
  data.textContent = value === undefined ? '–' : text(name, value)
  return data
}

/** @param {string} name @param {unknown} value */
function text(name, value) {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (['exp', 'iat', 'auth_time'].includes(name)) {
    return `${value} (${day(new Date(Number(value) * 1000))})`
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** @param {string} scope */
function scopeItem(scope) {
  const item = document.createElement('li')
  const code = document.createElement('code')
  code.textContent = scope
  item.append(code, ` ${purposes[scope] ?? ''}`)
  return item
}

/** @param {string} name */
const initials = (name) =>
  name
    .split(/[\s@.]+/)
    .slice(0, 2)
    .map(([first]) => first?.toUpperCase())
    .join('')

/** @param {Date} date */
const time = (date) => date.toLocaleTimeString('en-GB')

/** @param {Date} date */
const day = (date) => date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id))

/** @param {string} name */
const slot = (name) => /** @type {HTMLElement} */ (document.querySelector(`[data-slot="${name}"]`))
