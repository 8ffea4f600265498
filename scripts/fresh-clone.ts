// npm run test:fresh-clone: what a newcomer does. Clones into an empty folder, starts, signs up and in on the
// demo site in a real browser, then starts once more.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import { newestMail } from '../e2e/outbox.ts'
import { consentPage } from '../e2e/pages/consent-page.ts'
import { demoPage } from '../e2e/pages/demo-page.ts'
import { signInPage } from '../e2e/pages/sign-in-page.ts'
import { signUpPage } from '../e2e/pages/sign-up-page.ts'
import { newPerson } from '../e2e/server.ts'
import { chromiumFlags, findChromium } from './chromium.ts'
import { freePorts } from './free-ports.ts'
import { npmStart, type Started } from './npm-start.ts'

const began = Date.now()
const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-clone-'))
const port = await freePorts()
const demoOrigin = `http://localhost:${port + 1}`
const person = newPerson()
let server: Started | undefined
let browser: Browser | undefined

try {
  execFileSync('git', ['clone', '--quiet', process.cwd(), folder], { stdio: 'inherit' })
  server = await npmStart(folder, port)
  say(`npm start answers after ${server.seconds.toFixed(1)} s`)
  const button = await fetch(`http://localhost:${port}/widget/v1/autogpt-signin.js`)
  assert.equal(button.status, 200, 'the sign-in button was built')

  browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags })
  const page = await browser.newPage()
  page.setDefaultTimeout(15_000)
  await signUpOnDemo(page)
  say(`signed in on the demo site ${((Date.now() - began) / 1000).toFixed(1)} s after git clone`)

  await server.stop()
  server = await npmStart(folder, port)
  assert.doesNotMatch(server.output(), /Installing|Building/)
  assert.ok(server.seconds < 10, 'the second start takes a second or two, not this long')
  say(
    `the second npm start answers after ${server.seconds.toFixed(1)} s and installs and builds nothing`,
  )

  // The session and the consent outlive a restart: one click, no question.
  await demoPage(page, demoOrigin).signIn()
  await demoPage(page, demoOrigin).expectSignedIn(person)
  say('still signed in after the restart\n\n1 passed, 0 failed')
} catch (error) {
  say(error instanceof Error ? String(error.stack) : String(error))
  say('\n0 passed, 1 failed')
  process.exitCode = 1
} finally {
  await browser?.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function signUpOnDemo(page: Page): Promise<void> {
  const demo = demoPage(page, demoOrigin)
  await demo.signIn()
  await signInPage(page).signUpLink.click()
  await signUpPage(page).signUp(person)
  const { code } = await newestMail(join(folder, '.data'), person.email)
  await page.locator('input[name="code"]').fill(code)
  await page.locator('form:has(input[name="code"]) button[type="submit"]').first().click()
  await consentPage(page).allow.click()
  await demo.expectSignedIn(person)
}

function say(line: string): void {
  console.log(line)
}
