import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { listEvents } from '#db/audit-events.ts'
import type { Database } from '#db/database.ts'
import { testDatabase } from '#db/testing.ts'
import { localeByTag } from '#web/locale.ts'
import { createMailer, type Mail } from './mailer.ts'
import { outbox } from './outbox.ts'
import { smtpServer } from './testing.ts'

const link = `http://localhost:40000/verify?t=${'x'.repeat(43)}`
const mail: Mail = {
  to: 'ada@example.com',
  kind: 'sign_up',
  locale: localeByTag('en'),
  subject: 'Confirm your e-mail address',
  paragraphs: ['Enter this <code> in the tab where you signed up.'],
  code: '123456',
  links: [{ label: 'Or confirm in any browser', url: link }],
}

// As good as any for a test that reads back what it wrote.
const seal = {
  seal: async (text: string) => Buffer.from(text).toString('base64'),
  open: async (sealed: string) => Buffer.from(sealed, 'base64').toString(),
}

async function setUp(t: TestContext, smtpUrl?: string, given?: Database) {
  const dataDir = await mkdtemp(join(tmpdir(), 'mail-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  const lines: string[] = []
  const write = (fields: object, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`)
  const log = { info: write, warn: write, error: write }
  const config = { smtpUrl, mailFrom: 'AutoGPT <no-reply@localhost>', dataDir }
  const db = given ?? (await testDatabase(t))
  const pace = { pauses: [0.02], lease: 1, round: 0.2 }
  const mailer = createMailer({ config, db, seal, log, pace })
  t.after(() => mailer.close())
  return { mailer, db, dataDir, lines, directory: join(dataDir, 'outbox') }
}

test('without SMTP a mail lands as a file that only the owner may read', async (t) => {
  const { mailer, directory } = await setUp(t)

  const { outboxName } = await mailer.send(mail)
  await mailer.idle()

  assert.deepEqual(await readdir(directory), [`${outboxName}.eml`])
  const { mode } = await stat(join(directory, `${outboxName}.eml`))
  assert.equal(mode & 0o777, 0o600)
  assert.equal((await stat(directory)).mode & 0o777, 0o700)
})

test('an English mail can be read in the file as it stands, link and code in one piece', async (t) => {
  const { mailer, directory } = await setUp(t)

  const { outboxName } = await mailer.send(mail)
  await mailer.idle()

  const raw = await readFile(join(directory, `${outboxName}.eml`), 'utf8')
  assert.match(raw, /^To: ada@example\.com\r?$/m)
  assert.ok(raw.includes(link))
  assert.match(raw, /^ {4}123456\r?$/m)
  assert.match(raw, /this &lt;code&gt; in/)
})

test('a written mail reads back as it was, in any language', async (t) => {
  const { mailer, dataDir } = await setUp(t)

  const { outboxName = '' } = await mailer.send({
    ...mail,
    subject: 'Bestätigen',
    paragraphs: ['Grüße'],
  })
  await mailer.idle()

  const read = await outbox(dataDir).read(outboxName)
  assert.equal(read?.to, 'ada@example.com')
  assert.equal(read?.subject, 'Bestätigen')
  assert.match(read?.text ?? '', /^Grüße\n\n {4}123456\n/)
  assert.ok(read?.text.includes(link))
})

test('the outbox reads its own files and no others', async (t) => {
  const { mailer, dataDir, directory } = await setUp(t)
  await mailer.send(mail)
  await mailer.idle()
  await writeFile(join(directory, 'other.eml'), 'Subject: x\r\n\r\ny')

  for (const name of [
    'other',
    '../outbox/other',
    '20261123T200000000Z-AAAAAAAAAAAAAAAAAAAAAA',
    '',
  ]) {
    assert.equal(await outbox(dataDir).read(name), undefined)
  }
})

// A185
test('the log says that mail was written, without address, code or link', async (t) => {
  const { mailer, lines } = await setUp(t)

  await mailer.send(mail)
  await mailer.idle()

  const log = lines.join('\n')
  assert.match(log, /no SMTP_URL: mail is written to files/)
  assert.match(log, /mail sent \{"kind":"sign_up"\}/)
  assert.doesNotMatch(log, /123456|ada@|xxxx/)
})

// R20
test('a mail that cannot be written is tried again until it is of no use, then given up in sight', async (t) => {
  const { mailer, db, dataDir, lines } = await setUp(t)
  await writeFile(join(dataDir, 'outbox'), 'a file where the directory should be')

  await mailer.send({ ...mail, lifetime: 0.5 })
  await mailer.idle()

  const count = (start: string) => lines.filter((line) => line.startsWith(start)).length
  assert.ok(count('mail could not be sent yet') >= 2)
  assert.equal(count('mail given up'), 1)
  const [event] = await listEvents(db, { limit: 9, kind: 'mail.given_up' })
  const { mail: kind, code } = event?.details ?? {}
  assert.deepEqual({ kind, code }, { kind: 'sign_up', code: 'expired' })
  assert.equal(await waiting(db), 0)
})

test('with SMTP the mail goes to the server, again after a temporary refusal', async (t) => {
  const server = await smtpServer(t)
  server.mode = 'refuses for now'
  const { mailer, db, dataDir } = await setUp(t, server.url)

  assert.deepEqual(await mailer.send(mail), {})
  while (server.refused < 2) await sleep(10)
  server.mode = 'takes'
  await mailer.idle()

  assert.equal(server.messages.length, 1)
  assert.ok(server.messages[0]?.includes(link))
  assert.equal(await waiting(db), 0)
  assert.deepEqual(await readdir(dataDir), [])
})

// R20
test('an address that the mail server refuses for good is not tried again', async (t) => {
  const server = await smtpServer(t)
  server.mode = 'refuses'
  const { mailer, db, lines } = await setUp(t, server.url)

  await mailer.send(mail)
  await mailer.idle()

  assert.equal(server.refused, 1)
  assert.equal((await listEvents(db, { limit: 9, kind: 'mail.given_up' })).length, 1)
  assert.doesNotMatch(lines.join(), /ada@/)
})

// R20
test('mail that a server left behind leaves by another one, and with the transaction it is part of', async (t) => {
  const server = await smtpServer(t)
  server.mode = 'is silent'
  const first = await setUp(t, server.url)
  await first.mailer.send(mail)
  while (server.connections === 0) await sleep(10)

  server.mode = 'takes'
  const second = await setUp(t, server.url, first.db)
  second.mailer.start()
  while (server.messages.length === 0) await sleep(10)
  await assert.rejects(
    first.db.transaction(async (tx) => {
      await second.mailer.send({ ...mail, subject: 'Never' }, tx)
      throw new Error('undone')
    }),
  )
  await first.db.transaction((tx) => second.mailer.send({ ...mail, subject: 'Together' }, tx))
  while ((await waiting(first.db)) > 0) await sleep(10)

  assert.ok(server.messages.some((message) => message.includes('Subject: Together')))
  assert.ok(!server.messages.some((message) => message.includes('Subject: Never')))
})

// I5
test('what waits in the database gives away neither address nor code nor link', async (t) => {
  const server = await smtpServer(t)
  server.mode = 'is silent'
  const { mailer, db } = await setUp(t, server.url)

  await mailer.send(mail)

  const { rows } = await db.query('select * from outgoing_mails')
  assert.equal(rows.length, 1)
  assert.doesNotMatch(JSON.stringify(rows), /123456|ada@|xxxx/)
})

async function waiting(db: Database): Promise<number> {
  return (await db.query('select 1 from outgoing_mails')).rowCount
}
