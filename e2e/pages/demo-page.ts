import { expect, type Page } from '@playwright/test'
import type { Person } from '../server.ts'

/** The demo third-party site: Ada's Agent Notebook. */
export function demoPage(page: Page, origin: string) {
  const list = (name: string) => page.getByRole('list', { name, exact: true }).locator('code')
  return {
    signInButton: page.getByRole('button', { name: 'Sign in with AutoGPT' }),
    askAgainButton: page.getByRole('button', { name: 'Ask for the missing permissions again' }),
    refreshButton: page.getByRole('button', { name: 'Refresh tokens' }),
    signOutHere: page.getByRole('button', { name: 'Sign out here' }),
    signOutEverywhere: page.getByRole('button', { name: 'Sign out everywhere' }),
    greeting: page.getByRole('heading', { level: 1, name: /^Hello/ }),
    problem: page.getByRole('alert'),
    notice: page.getByRole('status'),
    granted: list('Allowed'),
    missing: list('Not allowed'),
    refreshed: page.locator('[data-slot="refresh-count"]'),
    claim: (name: string) =>
      page
        .getByRole('table')
        .getByRole('row')
        .filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${name}\\b`) }) })
        .getByRole('cell'),
    open: () => page.goto(`${origin}/`),
    async signIn() {
      await page.goto(`${origin}/`)
      await this.signInButton.click()
    },
    async expectSignedIn({ name, email }: Person) {
      await expect(this.greeting).toHaveText(`Hello, ${name}`)
      await expect(page.getByText(`You are signed in to this notebook as ${email}`)).toBeVisible()
      // The code must not stay in the address or the history.
      await expect(page).toHaveURL(`${origin}/`)
    },
  }
}
