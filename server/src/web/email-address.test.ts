import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emailAddress } from './email-address.ts'

const keyOf = (typed: string) => emailAddress(typed)?.key

// A111
test('addresses that differ only in case, spaces around or a trailing dot are one', () => {
  for (const typed of ['Ada@Example.com', ' ada@EXAMPLE.COM ', 'ada@example.com.']) {
    assert.equal(keyOf(typed), 'ada@example.com')
  }
})

// A111
test('plus tags and dots are not folded', () => {
  assert.notEqual(keyOf('a.da@gmail.com'), keyOf('ada@gmail.com'))
  assert.notEqual(keyOf('ada+shop@gmail.com'), keyOf('ada@gmail.com'))
})

// A111
test('compatibility look-alikes fold onto one address in what mail is sent to, too', () => {
  assert.deepEqual(emailAddress('ſam@x.com'), { address: 'sam@x.com', key: 'sam@x.com' })
  assert.deepEqual(emailAddress('\u212Aim@x.com'), { address: 'Kim@x.com', key: 'kim@x.com' })
  assert.equal(keyOf('ada＠x.com'), 'ada@x.com')
})

// A111
test('a dotless i is another letter, so nobody can ask for the mail of its neighbour', () => {
  assert.notEqual(keyOf('mıke@example.org'), keyOf('mike@example.org'))
  assert.notEqual(keyOf('mike@gıthub.com'), keyOf('mike@github.com'))
})

// A111
test('a Unicode domain becomes its ASCII form', () => {
  assert.equal(keyOf('ada@MÜNCHEN.de'), 'ada@xn--mnchen-3ya.de')
  assert.equal(keyOf('ada@münchen.de'), keyOf('ada@mu\u0308nchen.de'))
})

test('a local part in any script is kept, with its case, for the mail', () => {
  assert.equal(emailAddress('用户@example.com')?.address, '用户@example.com')
  assert.equal(emailAddress('Ada@example.com')?.address, 'Ada@example.com')
})

test('what is no address is refused', () => {
  const refused = [
    '', 'ada', '@x.com', 'ada@', 'a@b@c.com', 'ada@x..com', 'ada@-x.com', 'ada@.x.com',
    'ada@127.0.0.1', 'ada@0x7f.1', 'ada@[::1]', 'ada@x.com:25', 'ada@x.com/path', 'ada@%78.com',
    'a da@x.com', 'ada@x .com', '<ada@x.com>', '"ada"@x.com', 'ada,bob@x.com',
    `${'a'.repeat(65)}@x.com`, `ada@${'x'.repeat(64)}.com`, `ada@${'x.'.repeat(130)}com`,
  ] // biome-ignore format: a table reads better
  for (const typed of refused) assert.equal(emailAddress(typed), undefined, typed)
})

test('control, invisible and bidirectional characters are refused, so no header can be injected', () => {
  for (const typed of [
    'ada\r\nBcc: b@x.com@x.com',
    'a\0da@x.com',
    'a\u200Bda@x.com',
    'a\u202Eda@x.com',
  ]) {
    assert.equal(emailAddress(typed), undefined)
  }
})

// A150
test('fifty thousand hostile characters cost next to nothing', () => {
  const before = process.cpuUsage()

  for (const piece of ['a', 'a.', 'a-', '@', 'ä', '\u0301', 'ﷺ']) {
    emailAddress(piece.repeat(50_000))
    emailAddress(`a@${piece.repeat(310 / piece.length)}`)
  }

  assert.ok(process.cpuUsage(before).user < 100_000)
})
