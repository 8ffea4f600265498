import { assetUrl } from './assets.ts'
import { type Html, html } from './html.ts'
import type { Locale } from './locale.ts'

interface NavLink {
  href: string
  label: string
  current?: boolean
}

export interface Page {
  locale: Locale
  /** Names the page in the tab; the view shows its own h1. */
  title: string
  main: Html
  signedInAs?: string | undefined
  /** A centred card, for one task at a time; else the wide layout. */
  narrow?: boolean
  nav?: NavLink[]
  /** Tells of errors in the tab's title, which screen readers say first. */
  hasErrors?: boolean
}

/** A whole document around one view. */
export function page(options: Page): Html {
  const { locale, title, main, narrow = true, hasErrors = false } = options
  const { common } = locale.messages
  return html`<!doctype html>
<html lang="${locale.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${hasErrors ? `${common.errorPrefix}: ` : ''}${title} · ${common.product}</title>
<link rel="icon" type="image/svg+xml" href="${assetUrl('logo.svg')}">
<link rel="stylesheet" href="${assetUrl('style.css')}">
</head>
<body class="${narrow ? 'narrow' : 'wide'}">
<a class="skip-link" href="#main">${common.skipToContent}</a>
${header(options)}
<main id="main" tabindex="-1"${narrow ? html` class="card"` : ''}>
${main}
</main>
</body>
</html>
`
}

const header = ({ locale, signedInAs, nav }: Page) => {
  const { common } = locale.messages
  return html`<header class="site-header">
<a class="brand" href="/"><img src="${assetUrl('logo.svg')}" alt="" width="28" height="28"><span>${common.product}</span></a>
${nav && navigation(nav)}
${signedInAs && html`<p class="who"><span class="visually-hidden">${common.signedInAs} </span><a href="/account">${signedInAs}</a> <a href="/auth/logout">${common.signOut}</a></p>`}
</header>`
}

const navigation = (links: NavLink[]) => html`<nav><ul>
${links.map(
  ({ href, label, current }) =>
    html`<li><a href="${href}"${current ? html` aria-current="page"` : ''}>${label}</a></li>`,
)}
</ul></nav>`
