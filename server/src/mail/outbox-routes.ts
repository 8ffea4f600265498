import Router from '@koa/router'
import { html, render } from '#web/html.ts'
import { type Locale, localeOf } from '#web/locale.ts'
import { page } from '#web/page.ts'
import { found } from '#web/problem.ts'
import { type OutboxMail, outbox } from './outbox.ts'

interface OutboxOptions {
  config: { smtpUrl?: string; dataDir: string; issuer: string; issuerIsLoopback: boolean }
}

/**
 * Shows a written mail, so that nobody who tries things out at home is stuck without a mail server.
 * On a public issuer the routes do not exist, and for other machines no message does.
 */
export function outboxRoutes({ config }: OutboxOptions): Router {
  const router = new Router()
  if (!servesOutbox(config)) return router
  const box = outbox(config.dataDir)

  router.get('/outbox/:name', async (ctx) => {
    const name = isThisMachine(ctx.ip) ? String(ctx.params.name) : ''
    const mail = found(await box.read(name), 'message')
    render(ctx, mailPage({ locale: localeOf(ctx), mail, issuer: config.issuer }))
  })
  return router
}

function servesOutbox({
  smtpUrl,
  issuerIsLoopback,
}: {
  smtpUrl?: string
  issuerIsLoopback: boolean
}): boolean {
  return issuerIsLoopback && !smtpUrl
}

/**
 * A loopback issuer may still listen on every address (HOST=0.0.0.0): whoever comes from elsewhere
 * must not read the reset links of others.
 */
function isThisMachine(ip: string): boolean {
  return /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i.test(ip)
}

function mailPage({ locale, mail, issuer }: { locale: Locale; mail: OutboxMail; issuer: string }) {
  const { outbox: words } = locale.messages.mail
  const lines = mail.text.trimEnd().split('\n')
  const main = html`<h1>${mail.subject}</h1>
<p class="lead">${words.to(mail.to)}</p>
<p class="message">${lines.map((line) => html`${ownLink(line, issuer)}<br>`)}</p>
<p class="fine-print">${words.why}</p>`
  return page({ locale, title: mail.subject, main })
}

const ownLink = (line: string, issuer: string) =>
  line.startsWith(`${issuer}/`) && !line.includes(' ') ? html`<a href="${line}">${line}</a>` : line
