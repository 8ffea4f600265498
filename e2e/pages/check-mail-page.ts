import type { Page } from '@playwright/test'

/** Waits for the six digits, or for the link to be used anywhere. */
export function checkMailPage(page: Page) {
  return {
    code: page.locator('input[name="code"]'),
    submit: page.locator('form:has(input[name="code"]) button[type="submit"]'),
    openedLink: page.locator('a[href*="opened=yes"]'),
    messageLink: page.locator('a[href^="/outbox/"]'),
    errors: page.getByRole('alert'),
    async enter(code: string) {
      await this.code.fill(code)
      await this.submit.click()
    },
  }
}
