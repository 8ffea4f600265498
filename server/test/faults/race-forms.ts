import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Inbox } from '../inbox.ts'
import { type Page, Visitor } from '../visitor.ts'
import type { Installation } from './installation.ts'
import { atTheSameTime } from './race.ts'

export interface Person {
  email: string
  password: string
}

/** The same code, sent several times at once: one account, and one browser goes on signed in. */
export async function raceSignUpCode(place: Installation): Promise<Person> {
  const person = { email: `${randomUUID()}@example.com`, password: 'a quiet meadow at noon' }
  const { page, visitor, code } = await signUp(place, person)
  const cookie = await visitor.jar.getCookieString(page.url)

  const ends = await atTheSameTime(place, async (url) => {
    const posted = await post(place, url, formOf(page, { code }), cookie)
    const next = posted.headers.get('location') ?? ''
    return fetch(url + new URL(next, url).pathname, { headers: { cookie }, redirect: 'manual' })
  })

  const signedIn = ends.filter((end) => end.headers.get('location') === '/account')
  assert.equal(signedIn.length, 1)
  assert.equal(await accountsOf(place, person.email), 1)
  assert.equal(await eventsOf(place, person.email, 'account.created'), 1)
  return person
}

/** Two sign-ups with one address, answered at the same moment: one of them has the account. */
export async function raceSignUps(place: Installation): Promise<void> {
  const person = { email: `${randomUUID()}@example.com`, password: 'a quiet meadow at noon' }
  const inbox = new Inbox(place, person.email)
  const first = await signUp(place, person, inbox)
  const second = await signUp(place, person, inbox)

  const answers = await Promise.all(
    [first, second].map(async ({ page, visitor, code }, index) => {
      const cookie = await visitor.jar.getCookieString(page.url)
      return post(place, place.urls[index] ?? '', formOf(page, { code }), cookie)
    }),
  )

  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409])
  assert.equal(await accountsOf(place, person.email), 1)
}

/** One link, several new passwords at once: one is the password, the others are refused. */
export async function raceResetLink(place: Installation, { email }: Person): Promise<void> {
  const inbox = new Inbox(place, email)
  // Looking hands out what is there: the mail of the sign-up.
  while (!(await inbox.isEmpty())) {}
  const asking = new Visitor(place.issuer)
  await asking.submit(await asking.go('/forgot-password'), { email })
  const visitor = new Visitor(place.issuer)
  const page = await visitor.go((await inbox.next()).link)
  const cookie = await visitor.jar.getCookieString(page.url)
  const passwords = Array.from({ length: 9 }, (_, index) => `${index} quiet meadows at noon`)

  const answers = await atTheSameTime(place, async (url, index) => {
    const password = passwords[index] ?? ''
    const form = formOf(page, { password })
    return { password, status: (await post(place, url, form, cookie)).status }
  })

  const won = answers.filter(({ status }) => status === 200)
  assert.equal(won.length, 1)
  assert.ok(answers.every(({ status }) => status === 200 || status === 404))
  for (const { password, status } of answers) {
    assert.equal(await maySignIn(place, { email, password }), status === 200)
  }
}

async function signUp(place: Installation, person: Person, inbox = new Inbox(place, person.email)) {
  const visitor = new Visitor(place.issuer)
  const page = await visitor.submit(await visitor.go('/signup'), { ...person, name: 'Ada' })
  return { visitor, page, code: (await inbox.next()).code }
}

interface Form {
  path: string
  body: URLSearchParams
}

/** The form that has the named fields, filled in, its hidden fields as they are. */
export function formOf(page: Page, fields: Record<string, string>): Form {
  const names = Object.keys(fields)
  const form = page.html
    .querySelectorAll('form')
    .find((one) => names.every((name) => one.querySelector(`[name=${name}]`)))
  if (!form) throw new Error(`no form with ${names} at ${page.url}: ${page.text.slice(0, 2000)}`)
  const body = new URLSearchParams()
  for (const input of form.querySelectorAll('input[type=hidden]')) {
    body.append(input.getAttribute('name') ?? '', input.getAttribute('value') ?? '')
  }
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  return { path: new URL(form.getAttribute('action') ?? page.url, page.url).pathname, body }
}

const post = ({ issuer }: Installation, url: string, { path, body }: Form, cookie: string) =>
  fetch(url + path, {
    method: 'POST',
    body,
    headers: { cookie, origin: issuer },
    redirect: 'manual',
  })

async function maySignIn({ issuer }: Installation, person: Person): Promise<boolean> {
  const visitor = new Visitor(issuer)
  const { email, password } = person
  const page = await visitor.submit(await visitor.go('/login'), { email, password })
  return new URL(page.url).pathname === '/account'
}

async function accountsOf({ db }: Installation, email: string): Promise<number> {
  const { rowCount } = await db.query('select 1 from accounts where email_key = $1', [email])
  return rowCount
}

async function eventsOf({ db }: Installation, email: string, kind: string): Promise<number> {
  const { rowCount } = await db.query(
    `select 1
       from audit_events e
       join accounts a on a.id = e.account_id
      where a.email_key = $1 and e.kind = $2`,
    [email, kind],
  )
  return rowCount
}
