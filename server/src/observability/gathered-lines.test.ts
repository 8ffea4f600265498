import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { gatheredLines } from './gathered-lines.ts'

function gathered() {
  const writes: string[] = []
  const { write } = gatheredLines({ write: (lines) => writes.push(lines) })
  return { write, writes }
}

const info = (word: string) => `{"level":30,"msg":"${word}"}\n`
const error = '{"level":50,"msg":"it broke"}\n'

test('lines of a moment are written together, in their order', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { write, writes } = gathered()

  write(info('one'))
  write(info('two'))
  assert.deepEqual(writes, [])
  t.mock.timers.tick(20)
  write(info('three'))
  t.mock.timers.tick(20)

  assert.deepEqual(writes, [info('one') + info('two'), info('three')])
})

test('an error is written at once, after what came before it', () => {
  const { write, writes } = gathered()

  write(info('one'))
  write(error)

  assert.deepEqual(writes, [info('one') + error])
})

test('many lines do not wait', () => {
  const { write, writes } = gathered()

  for (let line = 0; line < 1000; line++) write(info('x'.repeat(30)))

  assert.ok(writes.length > 2)
})

test('what waits is written when the process ends', () => {
  const program = `
    const { createLog } = await import(${JSON.stringify(import.meta.resolve('./log.ts'))})
    createLog('info').info('the last words')
    process.exit(0)`

  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  })

  assert.match(stderr, /the last words/)
})
