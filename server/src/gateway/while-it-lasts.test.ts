import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { type TestContext, test } from 'node:test'
import type { Context } from 'koa'
import { ApiError } from './errors.ts'
import { whileItLasts } from './while-it-lasts.ts'

function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const watch = whileItLasts()
  const call = (check: () => Promise<unknown> = async () => {}) => {
    const res = Object.assign(new EventEmitter(), { isEnded: false })
    const destroy = () => {
      res.isEnded = true
      res.emit('close')
    }
    const seen = { looks: 0, res: Object.assign(res, { destroy }) }
    watch({ res } as unknown as Context, () => {
      seen.looks += 1
      return check()
    })
    return seen
  }
  const pass = async (milliseconds: number) => {
    t.mock.timers.tick(milliseconds)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { call, pass }
}

test('a short call is never looked at again', async (t) => {
  const { call, pass } = setUp(t)
  const short = call()
  await pass(690)
  short.res.emit('close')

  await pass(5_000)

  assert.equal(short.looks, 0)
})

test('whenever it began, a long call is looked at within a second, and then each second', async (t) => {
  const { call, pass } = setUp(t)
  const first = call()
  await pass(370)
  const second = call()

  await pass(630)
  assert.equal(first.looks, 1)
  await pass(370)
  assert.equal(second.looks, 1)
  for (let seconds = 0; seconds < 8; seconds++) await pass(1_000)

  assert.ok(first.looks >= 9 && second.looks >= 9, `${first.looks} and ${second.looks}`)
})

test('only a refusal ends it, and the clock stands still while nothing is under way', async (t) => {
  const { call, pass } = setUp(t)
  const away = call(() => Promise.reject(new Error('the database is away')))
  const revoked = call(() => Promise.reject(new ApiError(401, 'revoked')))
  const narrowed = call(() => Promise.reject(new ApiError(403, 'narrowed')))

  await pass(1_000)

  assert.deepEqual(
    [away, revoked, narrowed].map(({ res }) => res.isEnded),
    [false, true, true],
  )
  away.res.emit('close')
  await pass(200)
  const later = call()
  await pass(1_000)
  assert.equal(later.looks, 1)
})
