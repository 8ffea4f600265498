import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorPage } from './error-page.ts'
import { homePage } from './home-page.ts'
import { html } from './html.ts'
import { localeByTag } from './locale.ts'
import { loggedOutPage, logoutPage } from './logout-page.ts'
import { page } from './page.ts'

const locale = localeByTag('en')
const evil = `</title><script>alert(1)</script>"' onload=x \u2028\${7*7}`

const pages = {
  error: errorPage({
    locale,
    title: evil,
    message: evil,
    details: [{ label: evil, value: evil }],
    hint: evil,
    requestId: evil,
  }),
  home: homePage({ locale, signedInAs: evil, demoUrl: 'http://localhost:4001' }),
  logout: logoutPage({
    locale,
    action: '/x',
    stayed: '/y',
    xsrf: evil,
    email: evil,
    clientName: evil,
  }),
  'logged out': loggedOutPage({ locale }),
  wide: page({ locale, title: evil, main: html`<h1>x</h1>`, narrow: false, nav: [] }),
}

for (const [name, view] of Object.entries(pages)) {
  const text = String(view)

  test(`${name}: words of strangers stay text (A127)`, () => {
    assert.doesNotMatch(text, /<script|" onload/)
    assert.equal(text.match(/<\/title>/g)?.length, 1)
  })

  test(`${name}: one h1, a language, no inline style or script`, () => {
    assert.equal(text.match(/<h1/g)?.length, 1)
    assert.match(text, /<html lang="en">/)
    assert.doesNotMatch(text, /style="|<style|<script| on\w+="/)
  })
}

test('sign-out asks with the provider’s token and offers to stay', () => {
  const text = String(logoutPage({ locale, action: '/confirm', stayed: '/stayed', xsrf: 'secret' }))

  assert.match(
    text,
    /<form method="post" action="\/confirm">\s*<input type="hidden" name="xsrf" value="secret">/,
  )
  assert.match(text, /<button[^>]* name="logout" value="yes">Sign out/)
  assert.match(text, /<a class="button secondary" href="\/stayed">Stay signed in/)
})

test('someone who stayed is not told to be signed out', () => {
  assert.match(String(loggedOutPage({ locale })), /You are signed out/)
  assert.match(String(loggedOutPage({ locale, stillSignedIn: true })), /You are still signed in/)
})

test('the demo site is named where it is served only', () => {
  assert.match(String(pages.home), /href="http:\/\/localhost:4001"/)
  assert.doesNotMatch(String(homePage({ locale })), /demo/i)
})
