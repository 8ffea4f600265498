import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { localeByTag } from '#web/locale.ts'
import { createMailer, type Mail } from './mailer.ts'
import { outbox } from './outbox.ts'

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

async function setUp(t: TestContext, smtpUrl?: string) {
  const dataDir = await mkdtemp(join(tmpdir(), 'mail-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  const lines: string[] = []
  const write = (fields: object, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`)
  const log = { info: write, warn: write, error: write }
  const config = { smtpUrl, mailFrom: 'AutoGPT <no-reply@localhost>', dataDir }
  const mailer = createMailer({ config, log, retries: [20, 20] })
  t.after(() => mailer.close())
  return { mailer, dataDir, lines, directory: join(dataDir, 'outbox') }
}

test('without SMTP a mail lands as a file that only the owner may read', async (t) => {
  const { mailer, directory } = await setUp(t)

  const { outboxName } = mailer.send(mail)
  await mailer.idle()

  assert.deepEqual(await readdir(directory), [`${outboxName}.eml`])
  const { mode } = await stat(join(directory, `${outboxName}.eml`))
  assert.equal(mode & 0o777, 0o600)
  assert.equal((await stat(directory)).mode & 0o777, 0o700)
})

test('an English mail can be read in the file as it stands, link and code in one piece', async (t) => {
  const { mailer, directory } = await setUp(t)

  const { outboxName } = mailer.send(mail)
  await mailer.idle()

  const raw = await readFile(join(directory, `${outboxName}.eml`), 'utf8')
  assert.match(raw, /^To: ada@example\.com\r?$/m)
  assert.ok(raw.includes(link))
  assert.match(raw, /^ {4}123456\r?$/m)
  assert.match(raw, /this &lt;code&gt; in/)
})

test('a written mail reads back as it was, in any language', async (t) => {
  const { mailer, dataDir } = await setUp(t)

  const { outboxName = '' } = mailer.send({ ...mail, subject: 'Bestätigen', paragraphs: ['Grüße'] })
  await mailer.idle()

  const read = await outbox(dataDir).read(outboxName)
  assert.equal(read?.to, 'ada@example.com')
  assert.equal(read?.subject, 'Bestätigen')
  assert.match(read?.text ?? '', /^Grüße\n\n {4}123456\n/)
  assert.ok(read?.text.includes(link))
})

test('the outbox reads its own files and no others', async (t) => {
  const { mailer, dataDir, directory } = await setUp(t)
  mailer.send(mail)
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

  mailer.send(mail)
  await mailer.idle()

  const log = lines.join('\n')
  assert.match(log, /no SMTP_URL: mail is written to files/)
  assert.match(log, /mail sent \{"kind":"sign_up"\}/)
  assert.doesNotMatch(log, /123456|ada@|xxxx/)
})

test('a mail that cannot be written is tried again, then given up, and nobody waits for it', async (t) => {
  const { mailer, dataDir, lines } = await setUp(t)
  await writeFile(join(dataDir, 'outbox'), 'a file where the directory should be')

  mailer.send(mail)
  assert.equal(lines.filter((line) => line.startsWith('mail given up')).length, 0)
  await mailer.idle()

  assert.equal(lines.filter((line) => line.startsWith('mail could not be sent yet')).length, 2)
  assert.equal(lines.filter((line) => line.startsWith('mail given up')).length, 1)
})

test('with SMTP the mail goes to the server, again after a temporary refusal', async (t) => {
  const server = await smtpServer(t, { refusals: 1 })
  const { mailer, dataDir } = await setUp(t, server.url)

  assert.deepEqual(mailer.send(mail), {})
  await mailer.idle()

  assert.deepEqual(server.recipients, ['<ada@example.com>', '<ada@example.com>'])
  assert.equal(server.messages.length, 1)
  assert.ok(server.messages[0]?.includes(link))
  assert.deepEqual(await readdir(dataDir), [])
})

/** Somebody else's mail server, as far as RFC 5321 needs it for one message at a time. */
async function smtpServer(t: TestContext, { refusals }: { refusals: number }) {
  const messages: string[] = []
  const recipients: string[] = []
  let refuse = refusals
  const server = createServer((socket) => {
    let data: string | undefined
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      if (data !== undefined) {
        data += chunk.toString()
        if (!data.endsWith('\r\n.\r\n')) return
        messages.push(data)
        data = undefined
        return socket.write('250 taken\r\n')
      }
      const line = chunk.toString().trim()
      if (/^rcpt/i.test(line)) recipients.push(line.slice('RCPT TO:'.length))
      if (/^rcpt/i.test(line) && refuse-- > 0) return socket.write('451 later\r\n')
      if (/^data/i.test(line)) data = ''
      return socket.write(/^data/i.test(line) ? '354 go on\r\n' : '250 ok\r\n')
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, messages, recipients }
}
