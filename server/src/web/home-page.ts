import { type Html, html } from './html.ts'
import type { Locale } from './locale.ts'
import { page } from './page.ts'

export interface HomePage {
  locale: Locale
  /** The e-mail address of who is signed in. */
  signedInAs?: string | undefined
  /** The demo site's address, where it is served. */
  demoUrl?: string | undefined
}

/** What this is, and the ways in. */
export function homePage({ locale, signedInAs, demoUrl }: HomePage): Html {
  const { home } = locale.messages.common
  const main = html`<section class="hero">
<h1>${home.title}</h1>
<p class="lead">${home.lead}</p>
<p class="actions">${signedInAs ? link('/account', home.account, 'primary') : waysIn(home)}</p>
</section>
<section aria-labelledby="more">
<h2 id="more" class="visually-hidden">${home.more}</h2>
<div class="tiles">
${demoUrl && tile(home.demoTitle, home.demoText, demoUrl, home.demoLink)}
${tile(home.docsTitle, home.docsText, '/.well-known/openid-configuration', home.docsLink)}
${tile(home.adminTitle, home.adminText, '/admin', home.adminLink)}
</div>
</section>`
  return page({ locale, title: home.tab, main, narrow: false, signedInAs })
}

const waysIn = (
  home: Locale['messages']['common']['home'],
) => html`${link('/login', home.signIn, 'primary')}
${link('/signup', home.signUp, 'secondary')}`

const link = (href: string, label: string, kind: 'primary' | 'secondary') =>
  html`<a class="button ${kind}" href="${href}">${label}</a>`

const tile = (
  title: string,
  text: string,
  href: string,
  label: string,
) => html`<article class="tile">
<h3>${title}</h3>
<p>${text}</p>
<p><a href="${href}">${label}</a></p>
</article>`
