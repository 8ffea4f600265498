import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'
import { newestMail } from './outbox.ts'
import { checkMailPage } from './pages/check-mail-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { signUpPage } from './pages/sign-up-page.ts'
import { newPerson } from './server.ts'
import { shoot } from './shoot.ts'

test('sign-in', async ({ page, server }) => {
  await page.goto('/')
  await shoot(page, 'home')
  await page.goto('/login')
  await shoot(page, 'sign-in')
  await demoPage(page, server.demoOrigin).signIn()
  await expect(signInPage(page).password).toBeVisible()
  await shoot(page, 'sign-in-for-app')
  await signInPage(page).signIn({ email: 'grace@example.com', password: 'not the password' })
  await expect(signInPage(page).errors).toBeVisible()
  await shoot(page, 'sign-in-error')
})

test('sign-up', async ({ page, server, anotherBrowser }) => {
  const person = newPerson()
  await page.goto('/signup')
  await shoot(page, 'sign-up')
  await signUpPage(page).signUp({ ...person, email: 'grace', password: 'password1' })
  await page.locator('form').evaluateAll((forms: HTMLFormElement[]) => {
    for (const form of forms) form.noValidate = true
  })
  await signUpPage(page).submit.click()
  await expect(signUpPage(page).errors).toBeVisible()
  await shoot(page, 'sign-up-errors')
  await signUpPage(page).signUp(person)
  await expect(checkMailPage(page).code).toBeVisible()
  await shoot(page, 'check-mail')
  await checkMailPage(page).enter('000000')
  await expect(checkMailPage(page).errors).toBeVisible()
  await shoot(page, 'check-mail-wrong-code')
  await checkMailPage(page).openedLink.click()
  await shoot(page, 'check-mail-not-yet')
  const message = page.waitForEvent('popup')
  await checkMailPage(page).messageLink.click()
  await shoot(await message, 'outbox-message')

  const { link } = await newestMail(server.dataDir, person.email)
  const elsewhere = await anotherBrowser()
  await elsewhere.goto(link)
  await shoot(elsewhere, 'confirm-elsewhere')
  await elsewhere.getByRole('button', { name: 'Yes, confirm' }).click()
  await shoot(elsewhere, 'confirmed')
  await elsewhere.goto(link)
  await shoot(elsewhere, 'link-ended')
})

test('a new password', async ({ page, server }) => {
  const { email } = await server.createUser()
  await page.goto('/forgot-password')
  await shoot(page, 'forgot-password')
  await page.locator('input[name="email"]').fill(email)
  await page.getByRole('button', { name: 'Send link' }).click()
  await expect(page.getByText(email)).toBeVisible()
  await shoot(page, 'forgot-password-mail')
  const { link } = await newestMail(server.dataDir, email)
  await page.goto(link)
  await shoot(page, 'choose-password')
  await page.locator('input[name="password"]').fill('seven amber lanterns')
  await page.getByRole('button', { name: 'Save password' }).click()
  await expect(page).toHaveURL(/account/)
  await shoot(page, 'account-after-new-password')
})

test('the account', async ({ page, server }) => {
  await signInDirectly(page, await server.createUser())
  await page.goto('/account')
  await shoot(page, 'account')
  await page.locator('input[name="current_password"]').fill('not the password')
  await page.locator('input[name="password"], input[name="new_password"]').last().fill('password1')
  await page.locator('form:has(input[name="current_password"]) button').first().click()
  await shoot(page, 'account-errors')
  await page.goto('/admin')
  await shoot(page, 'error-forbidden')
  await page.goto('/')
  await shoot(page, 'home-signed-in')
})

test('sign-in, in German', async ({ browser }) => {
  const page = await browser.newPage({ locale: 'de-DE' })
  for (const path of ['/', '/login', '/signup', '/nothing-here']) {
    await page.goto(path)
    await shoot(page, `german-${path.slice(1) || 'home'}`)
  }
  await page.close()
})
