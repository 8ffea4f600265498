import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coalesced } from './coalesced.ts'
import { DatabaseUnavailable } from './database-errors.ts'

const together = { running: 2, size: 3 }

test('what is asked at the same moment goes in one statement, answers by their questions', async () => {
  const statements: number[][] = []
  const ask = coalesced(async (asked: number[]) => {
    statements.push(asked)
    return asked.map((question) => question * 10)
  }, together)

  const answers = await Promise.all([1, 2, 3, 4, 5].map(ask))

  assert.deepEqual(answers, [10, 20, 30, 40, 50])
  assert.deepEqual(statements, [
    [1, 2, 3],
    [4, 5],
  ])
})

test('two questions of one key never share a statement, and keys come in their order', async () => {
  const statements: string[][] = []
  const ask = coalesced(
    async (asked: string[]) => {
      statements.push(asked)
      return asked
    },
    { running: 1, size: 10, keys: (question) => [question] },
  )

  await Promise.all(['b', 'a', 'b', 'c', 'a'].map(ask))

  assert.deepEqual(statements, [
    ['a', 'b', 'c'],
    ['a', 'b'],
  ])
})

test('a question that spoils the statement fails alone', async () => {
  const ask = coalesced(async (asked: string[]) => {
    if (asked.includes('bad')) throw new Error('spoilt')
    return asked
  }, together)

  const answers = await Promise.allSettled(['one', 'bad', 'two'].map(ask))

  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})

test('an outage refuses those it was told of, and later ones are asked again', async () => {
  let away = true
  const ask = coalesced(
    async (asked: number[]) => {
      if (away) throw new DatabaseUnavailable('away')
      return asked
    },
    { running: 1, size: 1 },
  )

  const refused = await Promise.allSettled([1, 2, 3].map(ask))
  away = false

  assert.ok(refused.every(({ status }) => status === 'rejected'))
  assert.equal(await ask(4), 4)
})

// I8: what one row waits for is no matter of the others
test('a locked row fails alone, not with those that came with it or after it', async () => {
  const lock = Object.assign(new Error('canceling statement due to lock timeout'), {
    code: '55P03',
  })
  const ask = coalesced(
    async (asked: string[]) => {
      if (asked.includes('locked')) throw new DatabaseUnavailable(lock)
      return asked
    },
    { running: 1, size: 2 },
  )

  const answers = await Promise.allSettled(['one', 'locked', 'two', 'three'].map(ask))

  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
  )
})

test('of two questions with any key in common one waits for the next statement', async () => {
  const statements: string[][] = []
  const ask = coalesced(
    async (asked: string[]) => {
      statements.push(asked)
      return asked
    },
    // A token and the one that follows it.
    { running: 1, size: 10, keys: (question) => [question, `${Number(question) + 1}`] },
  )

  await Promise.all(['1', '2', '3', '5'].map(ask))

  assert.deepEqual(statements, [['1', '5'], ['2'], ['3']])
})
