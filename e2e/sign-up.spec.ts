import { expect, test } from './fixtures.ts'
import { signUpWithCode } from './journeys.ts'
import { newestMail } from './outbox.ts'
import { checkMailPage } from './pages/check-mail-page.ts'
import { consentPage } from './pages/consent-page.ts'
import { demoPage } from './pages/demo-page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { signUpPage } from './pages/sign-up-page.ts'
import { newPerson } from './server.ts'

test('somebody new signs up with the six digits and is known to the demo site', async ({
  page,
  server,
}) => {
  const person = newPerson({ name: 'Grace Hopper' })
  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()

  await signUpWithCode(page, server, person)
  await consentPage(page).allow.click()

  await demo.expectSignedIn(person)
  await expect(demo.claim('email_verified')).toHaveText('yes')
})

test('the link of the mail may be opened in another browser, then the request goes on', async ({
  page,
  server,
  anotherBrowser,
}) => {
  const person = newPerson()
  const demo = demoPage(page, server.demoOrigin)
  await demo.signIn()
  await signInPage(page).signUpLink.click()
  await signUpPage(page).signUp(person)
  const { link } = await newestMail(server.dataDir, person.email)

  const elsewhere = await anotherBrowser()
  await elsewhere.goto(link)
  await expect(elsewhere.getByText('began in another browser')).toBeVisible()
  await elsewhere.getByRole('button', { name: 'Yes, confirm' }).click()
  await expect(elsewhere.getByRole('heading', { level: 1 })).toHaveText('Confirmed')
  await checkMailPage(page).openedLink.click()
  await consentPage(page).allow.click()

  await demo.expectSignedIn(person)
})

test('a link that nobody has opened yet does not let anybody on', async ({ page, server }) => {
  await demoPage(page, server.demoOrigin).signIn()
  await signInPage(page).signUpLink.click()
  await signUpPage(page).signUp(newPerson())

  await checkMailPage(page).openedLink.click()

  await expect(page.getByText('The link has not been used yet')).toBeVisible()
  await expect(checkMailPage(page).code).toBeVisible()
})

test('a wrong code says how many tries are left', async ({ page, server }) => {
  const person = newPerson()
  await demoPage(page, server.demoOrigin).signIn()
  await signInPage(page).signUpLink.click()
  await signUpPage(page).signUp(person)
  const { code } = await newestMail(server.dataDir, person.email)
  const wrong = code === '000000' ? '111111' : '000000'

  await checkMailPage(page).enter(wrong)

  await expect(checkMailPage(page).errors).toContainText('more tries')
  await checkMailPage(page).enter(code)
  await expect(consentPage(page).allow).toBeVisible()
})

test('without a mail server the page leads to the message, so that nobody is stuck', async ({
  page,
  server,
}) => {
  const person = newPerson()
  await demoPage(page, server.demoOrigin).signIn()
  await signInPage(page).signUpLink.click()
  await signUpPage(page).signUp(person)

  const opened = page.waitForEvent('popup')
  await checkMailPage(page).messageLink.click()
  const message = await opened
  // biome-ignore lint/performance/useDomNodeTextContent: Playwright's, and it keeps the lines apart
  const text = await message.getByRole('main').innerText()
  const code = text.match(/\b\d{6}\b/)?.[0] ?? ''
  await checkMailPage(page).enter(code)

  await expect(consentPage(page).allow).toBeVisible()
})

test('a weak password is refused with advice, and what else was typed stays', async ({ page }) => {
  const person = newPerson({ password: 'password1' })
  await page.goto('/signup')

  await signUpPage(page).signUp(person)

  await expect(signUpPage(page).errors).toContainText('Choose another')
  await expect(signUpPage(page).email).toHaveValue(person.email)
  await expect(signUpPage(page).name).toHaveValue(person.name)
  await expect(signUpPage(page).password).toHaveValue('')
})
