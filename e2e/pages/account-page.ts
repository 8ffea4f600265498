import type { Page } from '@playwright/test'

export function accountPage(page: Page) {
  const form = (action: string) => page.locator(`form[action="${action}"]`)
  return {
    name: page.locator('input[name="name"]'),
    timezone: page.locator('select[name="timezone"]'),
    saveProfile: form('/account/profile').getByRole('button'),
    currentPassword: page.locator('input[name="current_password"]'),
    newPassword: page.locator('input[autocomplete="new-password"]'),
    changePassword: form('/account/password').getByRole('button'),
    notice: page.getByRole('status'),
    signOut: page.getByRole('main').getByRole('button', { name: 'Sign out here' }),
    open: () => page.goto('/account'),
  }
}
