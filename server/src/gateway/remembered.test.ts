import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { remembered } from './remembered.ts'

type Answer = { secondsLeft: number } | undefined

let now = 0
let asked: string[] = []
let answers: (Answer | Promise<Answer>)[] = []
const ask = async (secret: string) => {
  asked.push(secret)
  return answers.shift()
}
const memory = () =>
  remembered(
    ask,
    (secret) => `hash of ${secret}`,
    () => now,
  )

beforeEach(() => {
  now = 0
  asked = []
  answers = []
})

test('who is good is not asked about again for a second', async () => {
  const { find } = memory()
  const first = { secondsLeft: 60 }
  answers = [first, undefined]

  assert.equal(await find('token'), first)
  now = 999
  assert.equal(await find('token'), first)
  now = 1_000
  assert.equal(await find('token'), undefined)
  assert.deepEqual(asked, ['token', 'token'])
})

test('nobody is good for longer than a second, however late in it they came', async () => {
  const { find } = memory()
  answers = [{ secondsLeft: 60 }, { secondsLeft: 60 }, undefined]
  await find('early')
  now = 900
  await find('late')

  now = 1_900

  assert.equal(await find('late'), undefined)
})

test('nobody is good beyond their own end', async () => {
  const { find } = memory()
  answers = [{ secondsLeft: 0.25 }, undefined]
  await find('token')

  now = 250

  assert.equal(await find('token'), undefined)
})

test('who is refused is asked about at every call', async () => {
  const { find } = memory()
  const good = { secondsLeft: 60 }
  answers = [undefined, good]

  assert.equal(await find('token'), undefined)
  assert.equal(await find('token'), good)
})

test('after forget() everybody is asked about again', async () => {
  const { find, forget } = memory()
  answers = [{ secondsLeft: 60 }, undefined]
  await find('token')

  forget()

  assert.equal(await find('token'), undefined)
})

test('what was being asked when something was taken away is not remembered', async () => {
  const { find, forget } = memory()
  const late = Promise.withResolvers<Answer>()
  answers = [late.promise, undefined]
  const before = find('token')

  forget()
  late.resolve({ secondsLeft: 60 })

  assert.deepEqual(await before, { secondsLeft: 60 })
  assert.equal(await find('token'), undefined)
})
