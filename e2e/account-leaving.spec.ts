import { en } from '../server/src/web/locales/en.ts'
import { expectAccessible } from './accessibility.ts'
import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { accountPage } from './pages/account-page.ts'
import { signInPage } from './pages/sign-in-page.ts'

const words = en.account.leaving

test('an account is deleted, after a look at what it holds', async ({ page, server }) => {
  const person = await server.createUser()
  await signInDirectly(page, person)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: words.download }).click(),
  ])
  expect(download.suggestedFilename()).toBe('autogpt-account.json')
  await page.getByRole('link', { name: words.title }).click()
  await expectAccessible(page)

  await page.getByLabel(words.password).fill('not it')
  await page.getByRole('button', { name: words.button }).click()
  await expect(page.getByRole('alert')).toContainText(en.account.password.wrong)
  await expectAccessible(page)
  await page.getByLabel(words.password).fill(person.password)
  await page.getByRole('button', { name: words.button }).click()

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(words.deleted)
  await page.goto('/login')
  await signInPage(page).signIn(person)
  await expect(signInPage(page).errors).toBeVisible()
})

test('a browser that is not at hand is signed out', async ({ page, server, anotherBrowser }) => {
  const person = await server.createUser()
  const elsewhere = await anotherBrowser({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)' })
  await signInDirectly(elsewhere, person)
  await signInDirectly(page, person)
  const { sessions } = en.account
  await expect(page.getByRole('listitem')).toContainText([sessions.here, 'iOS'])
  await expectAccessible(page)

  await page.getByRole('button', { name: /^Sign out –/ }).click()

  await expect(accountPage(page).notice).toHaveText(sessions.oneEnded)
  await elsewhere.goto('/account')
  await expect(signInPage(elsewhere).password).toBeVisible()
})
