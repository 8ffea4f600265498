import { setTimeout as sleep } from 'node:timers/promises'
import { introspect, refresh } from './harness.ts'
import type { Topology } from './topology.ts'
import { type App, at, newApp, newUser, Person } from './topology-people.ts'

export interface Load {
  /** Ends it; what was asked how often, and what went wrong. */
  stop(): Promise<{ counts: Record<string, number>; failures: string[] }>
}

type Step = () => Promise<void>

/** Everything that apps and people do, through HAProxy, over connections that are kept. */
export async function startLoad(topology: Topology): Promise<Load> {
  const app = await newApp(topology)
  const counts: Record<string, number> = {}
  const failures: string[] = []
  let running = true

  const loop = async (name: string, step: Step) => {
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

  const people = await Promise.all([1, 2].map(() => signedIn(topology, app)))
  const [first, second] = people as [Person, Person]
  const loops = people.flatMap((person) => [
    loop('authorize and exchange', () => person.tokens(app).then(() => {})),
    refreshing(topology, { app, person }).then((step) => loop('refresh', step)),
  ])
  loops.push(
    introspecting(topology, { app, person: first }).then((step) => loop('introspect', step)),
    loop('account page', () => signedInPage(second)),
    ...['/login', '/.well-known/jwks.json', '/health/live'].map((path) =>
      loop(path, async () => expect(200, await fetch(topology.url + path))),
    ),
  )
  return {
    stop: async () => {
      running = false
      await Promise.all(loops)
      return { counts, failures }
    },
  }
}

interface Visit {
  app: App
  person: Person
}

async function signedIn(topology: Topology, app: App): Promise<Person> {
  const person = new Person(topology, await newUser(topology))
  await person.code(app)
  return person
}

/** One chain: a token that is lost on the way ends it. */
async function refreshing({ url }: Topology, { app, person }: Visit): Promise<Step> {
  let { refresh: token } = await person.tokens(app)
  return async () => {
    const { status, body } = await refresh(at(url), app, token)
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
    token = body.refresh_token
  }
}

async function introspecting({ url }: Topology, { app, person }: Visit): Promise<Step> {
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
