import assert from 'node:assert/strict'
import fc, { type AsyncCommand } from 'fast-check'
import { findConsentOf, withdrawScopes } from '#db/consents.ts'
import { type CodeState, GrantModel, type Outcome, type RefreshState } from './model.ts'
import { type Answer, scopes, type World } from './world.ts'

type Command = AsyncCommand<GrantModel, World>
type Run = (model: GrantModel, world: World) => Promise<void>

const command = (name: string, possible: (model: GrantModel) => boolean, run: Run): Command => ({
  check: possible,
  // Between two commands no time passes but what a command lets pass.
  run: async (model, world) => {
    await world.pass(0)
    await run(model, world)
    await agreed(model, world)
  },
  toString: () => name,
})

const wanted = fc.subarray(scopes, { minLength: 1 })
const node = fc.nat(1)
const rarely = fc.nat(5).map((side) => side === 0)
/** Counted from the newest, which most often is the one where something can happen. */
const index = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat(9) },
)
const at = <T>(list: T[], fromNewest: number): T =>
  list[list.length - 1 - (fromNewest % list.length)] as T
const some = (list: unknown[]) => list.length > 0

const authorize = fc.record({ wanted }).map((r) =>
  command(
    `authorize(${r.wanted})`,
    (model) => model.appEnabled && model.personEnabled,
    async (model, world) => model.authorized(await world.authorize(r.wanted), r.wanted),
  ),
)

const flaw = fc.option(fc.constantFrom('foreign' as const, 'wrong' as const), {
  nil: undefined,
  freq: 3,
})

const exchange = fc.record({ node, index, flaw }).map((r) =>
  command(
    `exchange(node ${r.node}, code ${r.index}${r.flaw ? `, ${r.flaw}` : ''})`,
    ({ codes }) => some(codes),
    async (model, world) => {
      const code = at(model.codes, r.index)
      const app = r.flaw === 'foreign' ? world.other : world.app
      const verifier = r.flaw === 'wrong' ? 'w'.repeat(43) : undefined
      const answer = await world.exchange(r.node, code.value, app, verifier)

      learned(model, code, model.exchange(code, r.flaw), answer)
    },
  ),
)

const refresh = fc.record({ node, index, foreign: rarely }).map((r) =>
  command(
    `refresh(node ${r.node}, token ${r.index}${r.foreign ? ', foreign' : ''})`,
    ({ refreshTokens }) => some(refreshTokens),
    async (model, world) => {
      const token = at(model.refreshTokens, r.index)
      const app = r.foreign ? world.other : world.app
      const answer = await world.refresh(r.node, token.value, app)

      learned(model, token, model.refresh(token, r.foreign), answer)
    },
  ),
)

const raceCode = fc.record({ index }).map((r) =>
  command(
    `race(code ${r.index})`,
    ({ codes }) => some(codes),
    async (model, world) => {
      const code = at(model.codes, r.index)
      const answers = await Promise.all([0, 1].map((side) => world.exchange(side, code.value)))

      const [first, second] = answers.toSorted((a, b) => a.status - b.status) as [Answer, Answer]
      learned(model, code, model.exchange(code, undefined), first)
      learned(model, code, model.exchange(code, undefined), second)
    },
  ),
)

const raceRefresh = fc.record({ index }).map((r) =>
  command(
    `race(refresh token ${r.index})`,
    ({ refreshTokens }) => some(refreshTokens),
    async (model, world) => {
      const token = at(model.refreshTokens, r.index)
      const answers = await Promise.all([0, 1].map((side) => world.refresh(side, token.value)))

      for (const answer of answers) learned(model, token, model.refresh(token, false), answer)
    },
  ),
)

const revoke = fc
  .record({ node, index, kind: fc.constantFrom('access', 'refresh'), foreign: rarely })
  .map((r) =>
    command(
      `revoke(node ${r.node}, ${r.kind} ${r.index}${r.foreign ? ', foreign' : ''})`,
      (model) => some(r.kind === 'access' ? model.accessTokens : model.refreshTokens),
      async (model, world) => {
        const list = r.kind === 'access' ? model.accessTokens : model.refreshTokens
        const { value: token } = at<{ value: string }>(list, r.index)
        const app = r.foreign ? world.other : world.app
        const { status, body } = await world.post(r.node, 'revoke', app, { token })

        if (!model.appEnabled && !r.foreign) return assert.equal(status, 401)
        assert.deepEqual([status, body], [200, { status: 'ok' }])
        if (r.foreign || !model.appEnabled || !model.personEnabled) return
        if (r.kind === 'access') model.revokeAccess(at(model.accessTokens, r.index))
        else model.revokeRefresh(at(model.refreshTokens, r.index))
      },
    ),
  )

const narrow = fc.constantFrom(...scopes).map((scope) =>
  command(
    `narrow(${scope})`,
    ({ consent }) => consent?.includes(scope) === true,
    async (model, { place, app, person }) => {
      const consent = await findConsentOf(place.db, person.id, app.clientId)
      await withdrawScopes(place.db, consent?.id ?? '', [scope])
      model.narrow(scope)
    },
  ),
)

const what = fc.constantFrom('app' as const, 'person' as const)
const flags = { app: 'appEnabled', person: 'personEnabled' } as const

const enabling = (enabled: boolean) =>
  fc.record({ node, what }).map((r) =>
    command(
      `${enabled ? 'enable' : 'disable'}(${r.what})`,
      (model) => model[flags[r.what]] !== enabled,
      async (model, world) => {
        await world.enable(r.node, r.what, enabled)
        model[flags[r.what]] = enabled
        // Who was disabled signs in anew everywhere; an app goes on where it was.
        if (!model.personEnabled) model.endAll()
      },
    ),
  )

const clock = fc.constantFrom(8, 8, 8, 40, 40, 700, 3700, 2_700_000).map((seconds) =>
  command(
    `clock(+${seconds} s)`,
    () => true,
    async (model, world) => {
      await world.pass(seconds)
      model.now += seconds
    },
  ),
)

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)

/** Where a life begins: all scopes allowed, one code exchanged. */
export async function begun(world: World): Promise<{ model: GrantModel; real: World }> {
  const model = new GrantModel()
  model.authorized(await world.authorize(scopes), scopes)
  const code = at(model.codes, 0)
  const answer = await world.exchange(0, code.value)
  learned(model, code, model.exchange(code, undefined), answer)
  return { model, real: world }
}

/** Any sequence of what may happen to a grant, mostly of what happens often. */
export const lives = fc.commands(
  [
    ...times(2, authorize),
    ...times(4, exchange),
    ...times(9, refresh),
    ...times(2, raceCode),
    ...times(2, raceRefresh),
    ...times(3, revoke),
    ...times(2, narrow),
    ...times(2, clock),
    enabling(false),
    ...times(4, enabling(true)),
  ],
  { maxCommands: 60, size: 'max' },
)

function learned(
  model: GrantModel,
  from: CodeState | RefreshState,
  expected: Outcome,
  { status, body }: Answer,
): void {
  if (expected !== 'tokens') {
    const statuses = { invalid_grant: 400, invalid_client: 401 }
    assert.deepEqual([status, body.error], [statuses[expected], expected])
    return
  }
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual(body.scopes.toSorted(), model.allowed(from.scopes).toSorted())
  const { successor } = from as RefreshState
  if (successor) assert.equal(body.refresh_token, successor.value, 'a sibling')
  model.issued(from, body)
}

/** Every token is, on either node, as alive as the model says, and may do what it says. */
async function agreed(model: GrantModel, world: World): Promise<void> {
  const expected = [
    ...model.accessTokens.map((token) => ({ token, active: model.activeAccess(token) })),
    ...model.refreshTokens.map((token) => ({ token, active: model.activeRefresh(token) })),
  ]
  await Promise.all(
    expected.slice(-12).map(async ({ token, active }, position) => {
      const { body } = await world.post(position, 'introspect', world.observer, {
        token: token.value,
      })
      assert.equal(body.active, active, `${token.value.slice(0, 8)}… of ${token.scopes}`)
      if (active) assert.deepEqual(body.scopes.toSorted(), model.allowed(token.scopes).toSorted())
    }),
  )
}
