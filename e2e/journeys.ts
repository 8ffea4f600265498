import type { Page } from '@playwright/test'
import { newestMail } from './outbox.ts'
import { checkMailPage } from './pages/check-mail-page.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { signUpPage } from './pages/sign-up-page.ts'
import type { Person, Server } from './server.ts'

/** From the demo site to its greeting, for somebody with an account who allows everything. */
export async function signInOnDemo(page: Page, server: Server, person: Person): Promise<void> {
  await demoPage(page, server.demoOrigin).signIn()
  await signInAndAllow(page, person)
  await demoPage(page, server.demoOrigin).expectSignedIn(person)
}

/** Where an app's request shows its first page: in, and yes to everything. */
export async function signInAndAllow(
  where: Page,
  person: Pick<Person, 'email' | 'password'>,
): Promise<void> {
  await signInPage(where).signIn(person)
  await consentPage(where).allow.click()
}

/** On AutoGPT's own page, no app involved. */
export async function signInDirectly(page: Page, person: Pick<Person, 'email' | 'password'>) {
  await page.goto('/login')
  await signInPage(page).signIn(person)
  await page.waitForURL('**/account')
}

/** From a sign-in page within a request: a new account, up to where the code was entered. */
export async function signUpWithCode(page: Page, server: Server, person: Person): Promise<void> {
  await signInPage(page).signUpLink.click()
  await signUpPage(page).signUp(person)
  const { code } = await newestMail(server.dataDir, person.email)
  await checkMailPage(page).enter(code)
}
