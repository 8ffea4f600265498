import { type Frame, launch, type Page } from 'puppeteer-core'
import { findFirefox } from '../../scripts/firefox.ts'
import type { Person } from '../server.ts'
import type { Heard } from './element-page.ts'
import { test as base, expect } from './fixtures.ts'

/** A page of Firefox, driven by WebDriver BiDi: Playwright drives a Firefox of its own only. */
export const test = base.extend<{ firefox: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names a fixture asks for
  firefox: async ({}, use) => {
    const browser = await launch({
      browser: 'firefox',
      executablePath: findFirefox() ?? 'firefox',
      // As people have it: without this every window would open.
      extraPrefsFirefox: { 'dom.disable_open_during_load': true },
    })
    await use(await browser.newPage())
    await browser.close()
  },
})

/** The button on a shop's page, as elementPage() has it for Playwright. */
export function firefoxElement(page: Page, frame: Page | Frame = page) {
  const heard = (): Promise<Heard[]> => frame.evaluate('window.heard') as Promise<Heard[]>
  return {
    click: () => frame.locator('autogpt-signin').click(),
    async openWindow(): Promise<Page> {
      const opened = new Promise<Page>((resolve, reject) => {
        page.once('popup', (popup) => (popup ? resolve(popup) : reject(new Error('no window'))))
      })
      await frame.locator('autogpt-signin').click()
      return opened
    },
    /** Where nothing tells of the window: it is cut off from its page, or a frame opened it. */
    async findWindow(): Promise<Page> {
      const before = new Set(await page.browser().pages())
      await frame.locator('autogpt-signin').click()
      const find = async () => (await page.browser().pages()).find((one) => !before.has(one))
      await expect.poll(find).toBeTruthy()
      return (await find()) as Page
    },
    // Between two pages there is nothing to ask.
    last: async () => (await heard().catch(() => undefined))?.at(-1),
  }
}

export async function signInWithFirefox(
  page: Page,
  { email, password }: Pick<Person, 'email' | 'password'>,
): Promise<void> {
  await page.locator('input[name="email"]').fill(email)
  await page.locator('input[name="password"]').fill(password)
  await page.locator('form:has(input[name="password"]) button[type="submit"]').click()
}

/** The window may be gone before the click is told to be over. */
export async function decide(page: Page, decision: 'approve' | 'deny'): Promise<void> {
  await page
    .locator(`button[name="decision"][value="${decision}"]`)
    .click()
    .catch(() => {})
}
