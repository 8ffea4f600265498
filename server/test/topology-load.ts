import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { introspect, refresh } from './harness.ts'
import { type App, at, newApp, newUser, Person, type Place } from './topology-people.ts'

export interface Load {
  /** How often what was answered, so far. */
  counts: Record<string, number>
  /** Ends it; what was asked how often, and what went wrong. */
  stop(): Promise<{ counts: Record<string, number>; failures: string[] }>
}

type Step = () => Promise<void>

/** Everything that apps and people do, over connections that are kept. */
export async function startLoad(t: TestContext, place: Place): Promise<Load> {
  const counts: Record<string, number> = {}
  const failures: string[] = []
  let running = true
  t.after(() => {
    running = false
  })
  const loop = async ([name, step]: [string, Step]) => {
    while (running) {
      try {
        await step()
        counts[name] = (counts[name] ?? 0) + 1
      } catch (error) {
        const { message, cause } = error as Error
        failures.push(`${name}: ${message} ${cause ?? ''}`)
      }
      await sleep(10)
    }
  }
  const loops = (await steps(place)).map(loop)
  return {
    counts,
    stop: async () => {
      running = false
      await Promise.all(loops)
      return { counts, failures }
    },
  }
}

async function steps(place: Place): Promise<[string, Step][]> {
  const app = await newApp(place)
  const first = await signedIn(place, app)
  const second = await signedIn(place, app)
  return [
    ...[first, second].map((person): [string, Step] => [
      'authorize and exchange',
      () => person.tokens(app).then(() => {}),
    ]),
    ['refresh', await refreshing(place, { app, person: first })],
    ['refresh', await refreshing(place, { app, person: second })],
    ['introspect', await introspecting(place, { app, person: first })],
    ['account page', () => signedInPage(second)],
    ...['/login', '/.well-known/jwks.json', '/health/live'].map((path): [string, Step] => [
      path,
      async () => expect(200, await fetch(place.url + path)),
    ]),
  ]
}

interface Visit {
  app: App
  person: Person
}

async function signedIn(place: Place, app: App): Promise<Person> {
  const person = new Person(place, await newUser(place))
  await person.code(app)
  return person
}

/** One chain: a token that is lost on the way ends it. */
async function refreshing({ url }: Place, { app, person }: Visit): Promise<Step> {
  let { refresh: token } = await person.tokens(app)
  return async () => {
    const { status, body } = await refresh(at(url), app, token)
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    token = body.refresh_token
  }
}

async function introspecting({ url }: Place, { app, person }: Visit): Promise<Step> {
  const { access } = await person.tokens(app)
  return async () => {
    const { status, body } = await introspect(at(url), app, access)
    if (!body.active) throw new Error(`${status} ${JSON.stringify(body)}`)
  }
}

async function signedInPage({ visitor, user }: Person): Promise<void> {
  const { status, text } = await visitor.go('/account')
  if (status !== 200 || !text.includes(user.email)) throw new Error(`${status} ${text}`)
}

async function expect(status: number, answer: Response): Promise<void> {
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`${answer.status} ${text.slice(0, 300)}`)
}
