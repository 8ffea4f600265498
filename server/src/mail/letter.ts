import { html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'

/** What a mail says; how it looks is decided here for all of them. */
export interface Letter {
  locale: Locale
  subject: string
  /** Plain sentences, one paragraph each. */
  paragraphs: string[]
  code?: string | undefined
  links?: { label: string; url: string }[]
  /** What to do if one did not ask for it. */
  footnote?: string
}

/** The text part; ASCII text in short lines is sent as it stands, so the file can be read, too. */
function letterText({ paragraphs, code, links = [], footnote, locale }: Letter): string {
  const { mail } = locale.messages
  const blocks = [
    ...paragraphs.map(wrap),
    code && `    ${code}`,
    ...links.map(({ label, url }) => `${wrap(`${label}:`)}\n${url}`),
    footnote && wrap(footnote),
    `-- \n${mail.sender}`,
  ]
  return `${blocks.filter(Boolean).join('\n\n')}\n`
}

/** The HTML part: inline styles, since mail programs drop all others, and nothing to load. */
function letterHtml(letter: Letter): string {
  const { paragraphs, code, links = [], footnote, locale } = letter
  return String(
    html`<!doctype html>
<html lang="${locale.tag}">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${letter.subject}</title></head>
<body style="margin:0 auto;max-width:34rem;padding:1.5rem;font:1rem/1.5 system-ui,sans-serif">
${paragraphs.map((text) => html`<p>${text}</p>`)}
${code && html`<p style="font:600 2rem/1.2 ui-monospace,monospace;letter-spacing:.2em">${code}</p>`}
${links.map(
  ({ label, url }) =>
    html`<p><a href="${url}">${label}</a><br><span style="font-size:.8rem;overflow-wrap:anywhere">${url}</span></p>`,
)}
${footnote && html`<p style="font-size:.875rem">${footnote}</p>`}
<p style="font-size:.875rem">${locale.messages.mail.sender}</p>
</body>
</html>`,
  )
}

/** As nodemailer takes it; plain data, so that it can wait in the database. */
export function envelope(mail: Letter & { to: string }, from: string) {
  return {
    from,
    // An object, not a string: nothing in an address is read as a second one.
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: letterText(mail),
    html: letterHtml(mail),
    // RFC 3834 5: keeps absence notices away.
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

const width = 72

function wrap(text: string): string {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line && line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line ? `${line} ${word}` : word
  }
  return lines.join('\n')
}
