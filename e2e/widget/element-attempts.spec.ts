import type { AutoGPTSignIn } from '../../widget/src/element.ts'
import { signInAndAllow } from '../journeys.ts'
import { consentPage } from '../pages/consent-page.ts'
import { signInPage } from '../pages/sign-in-page.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

/** A code is all that these are about; what tokens take has specs of its own. */
const inWindow = { flow: 'popup', 'response-type': 'code' }

test('while the window is open it is busy, and then done', async ({ page, shop, server }) => {
  await page.goto(shop.page({ body: shop.button(inWindow) }))
  const { element, button, said, openWindow, heard } = elementPage(page)
  const popup = await openWindow()

  await expect(element).toHaveAttribute('status', 'busy')
  await expect(button).toHaveAttribute('aria-busy', 'true')
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await expect(button).not.toHaveAttribute('disabled')
  await expect(button).toHaveAccessibleName('Sign in with AutoGPT')
  await expect(said).toHaveText('Signing in…')
  await expect(element.locator('[part="spinner"]')).toBeVisible()
  await button.click({ force: true })
  await signInAndAllow(popup, await server.createUser())

  await expect(element).toHaveAttribute('status', 'done')
  await expect(button).not.toHaveAttribute('aria-busy')
  const events = await heard()
  expect(events.map(({ name }) => name)).toEqual(['start', 'success'])
  expect(events[0]?.detail).toEqual({ flow: 'popup', passive: false })
  expect(events[1]?.detail).toMatchObject({ status: 'code', via: 'popup' })
  expect(await element.evaluate((it: AutoGPTSignIn) => it.result)).toEqual(events[1]?.detail)
})

test('a listener that comes late hears how it ended, once', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button({ ...inWindow, 'client-id': '' }) }))
  const { element } = elementPage(page)
  await element.click()
  await expect(element).toHaveAttribute('status', 'error')

  const codes = await element.evaluate(async (it) => {
    const heard: string[] = []
    // As React does it at each render, with a function that is new each time.
    for (const round of ['first', 'second']) {
      const listener = ({ detail }: { detail: { code: string } }) => {
        heard.push(`${round} ${detail.code}`)
      }
      it.addEventListener('autogpt-signin-error', listener as never)
      await Promise.resolve()
      it.removeEventListener('autogpt-signin-error', listener as never)
    }
    return heard
  })

  expect(codes).toEqual(['first config'])
  expect(await elementPage(page).names()).toEqual(['start', 'error'])
})

test('a failure is told below the button, until the next attempt', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ body: shop.button(inWindow) }))
  const { element, message, button, openWindow, heard } = elementPage(page)
  const popup = await openWindow()
  await signInPage(popup).signIn(await server.createUser())
  await consentPage(popup).deny.click()

  await expect(message).toHaveText('Sign-in failed')
  await expect(element).toHaveAttribute('status', 'error')
  await expect(button).toHaveAccessibleDescription('Sign-in failed')
  expect((await heard()).at(-1)).toMatchObject({ name: 'error', detail: { code: 'access_denied' } })
  await openWindow()
  await expect(message).toBeHidden()
})

test('cancel() ends the attempt and takes the window away', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button(inWindow) }))
  const { element, openWindow, heard } = elementPage(page)
  const popup = await openWindow()

  await Promise.all([
    popup.waitForEvent('close'),
    element.evaluate((it: AutoGPTSignIn) => it.cancel()),
  ])

  await expect(element).toHaveAttribute('status', 'idle')
  expect((await heard()).at(-1)).toMatchObject({ name: 'cancel', detail: { code: 'cancelled' } })
})

test('cancel() forgets a failure that is shown', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button({ ...inWindow, 'client-id': '' }) }))
  const { element, message } = elementPage(page)
  await element.click()
  await expect(message).toBeVisible()

  await element.evaluate((it: AutoGPTSignIn) => it.cancel())

  await expect(message).toBeHidden()
  await expect(element).toHaveAttribute('status', 'idle')
})

test('an element that leaves the page takes its attempt along', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button(inWindow) + shop.button({ id: 'other' }) }))
  const { element, openWindow } = elementPage(page, 'autogpt-signin:not([id])')
  const popup = await openWindow()

  await Promise.all([popup.waitForEvent('close'), element.evaluate((it) => it.remove())])

  // The page is free for another attempt.
  await elementPage(page, '#other').element.evaluate((it) => {
    it.setAttribute('flow', 'popup')
  })
  await elementPage(page, '#other').openWindow()
})

test('an element that only moves keeps its attempt', async ({ page, shop, server }) => {
  await page.goto(shop.page({ body: `${shop.button(inWindow)}<aside></aside>` }))
  const { element, openWindow, names } = elementPage(page)
  const popup = await openWindow()

  await element.evaluate((it) => document.querySelector('aside')?.append(it))
  await signInAndAllow(popup, await server.createUser())

  await expect(element).toHaveAttribute('status', 'done')
  expect(await names()).toEqual(['start', 'success'])
})

test('of two elements one has the turn, the other hears busy', async ({ page, shop }) => {
  const two = shop.button({ ...inWindow, id: 'one' }) + shop.button({ ...inWindow, id: 'two' })
  await page.goto(shop.page({ body: two }))
  const [one, other] = [elementPage(page, '#one'), elementPage(page, '#two')]
  const popup = await one.openWindow()

  await other.element.click()

  await expect
    .poll(async () => (await other.heard()).at(-1))
    .toMatchObject({
      name: 'error',
      id: 'two',
      detail: { code: 'busy' },
    })
  await expect(other.element).toHaveAttribute('status', 'idle')
  await expect(one.element).toHaveAttribute('status', 'busy')
  expect(popup.isClosed()).toBe(false)
})

// A180
test('what changes while an attempt is under way counts from the next one on', async ({
  page,
  shop,
  server,
}) => {
  await page.goto(shop.page({ body: shop.button(inWindow) }))
  const { element, button, openWindow, heard } = elementPage(page)
  const popup = await openWindow()

  await element.evaluate((it) => {
    for (const [name, value] of [
      ['response-type', 'tokens'],
      ['client-id', 'x'],
      ['text', 'signup'],
    ]) {
      it.setAttribute(String(name), String(value))
    }
  })
  await expect(button).toHaveAccessibleName('Sign up with AutoGPT')
  await signInAndAllow(popup, await server.createUser())

  await expect(element).toHaveAttribute('status', 'done')
  expect((await heard()).at(-1)?.detail).toMatchObject({ status: 'code' })
})
