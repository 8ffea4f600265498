import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '#db/database.ts'
import { testEngine } from '#db/testing.ts'
import { type SmtpServer, smtpServer } from '../../src/mail/testing.ts'
import { freePort } from '../server-process.ts'
import { type Page, Visitor } from '../visitor.ts'
import { audit } from './auditor.ts'
import { install } from './installation.ts'

const onPostgres = { skip: testEngine === 'pglite' && 'PostgreSQL only: a kill, and a look inside' }
const person = { email: 'ada@example.com', name: 'Ada', password: 'a quiet meadow at noon' }

// R20: refused, silent, and a kill before anything left
test(
  'with the mail server away sign-up, reset and sign-in go on, and every mail arrives later',
  onPostgres,
  async (t) => {
    const port = await freePort()
    const place = await install(t, { nodes: 1, env: { SMTP_URL: `smtp://127.0.0.1:${port}` } })
    const visitor = new Visitor(place.issuer)
    const asked = await visitor.submit(await visitor.go('/signup'), person)
    assert.equal(heading(asked), 'Check your mail')

    const smtp = await smtpServer(t, port)
    const { code } = await letterTo(smtp, 0)
    const entered = await visitor.submit(asked, { code })
    assert.equal(new URL(entered.url).pathname, '/account')

    smtp.mode = 'is silent'
    const other = new Visitor(place.issuer)
    const { email, password } = person
    const reset = await other.submit(await other.go('/forgot-password'), { email })
    assert.equal(heading(reset), 'Check your mail')
    const signedIn = await other.submit(await other.go('/login'), { email, password })
    assert.equal(new URL(signedIn.url).pathname, '/account')
    await place.kill(0)
    assert.equal(await waiting(place.db), 1)

    smtp.mode = 'takes'
    // The lease of the one that was killed, over sooner than anybody wants to wait here.
    await place.db.query('update outgoing_mails set due_at = now()')
    await place.restartAfterKill(0)
    const { link } = await letterTo(smtp, 1)
    assert.match((await new Visitor(place.issuer).go(link)).text, /name="password"/)
    while ((await waiting(place.db)) > 0) await sleep(20)
    const secrets = [password, new URL(link).searchParams.get('t') ?? '']
    const received = { attempts: [], secrets }
    await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received })
  },
)

const heading = (page: Page) => page.html.querySelector('h1')?.text

/** The mail with that number, counted from the first, as soon as it is there. */
async function letterTo(smtp: SmtpServer, index: number) {
  while (smtp.messages.length <= index) await sleep(20)
  const text = smtp.messages[index] ?? ''
  const code = /^ {4}(\d{6})\r?$/m.exec(text)?.[1] ?? ''
  const link = /^http:\S+\?t=[\w-]{43}/m.exec(text)?.[0] ?? ''
  return { code, link }
}

async function waiting(db: Db): Promise<number> {
  return (await db.query('select 1 from outgoing_mails')).rowCount
}
