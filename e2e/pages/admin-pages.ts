import type { Page } from '@playwright/test'

export function adminAppsPage(page: Page) {
  return {
    newApp: page.getByRole('link', { name: 'Register an app' }),
    row: (name: string) => page.getByRole('row').filter({ hasText: name }),
    toggle: (name: string) =>
      page.getByRole('button', { name: new RegExp(`(Disable|Enable) ${name}`) }),
    open: () => page.goto('/admin'),
  }
}

export function newAppPage(page: Page) {
  return {
    name: page.locator('input[name="name"]'),
    type: page.locator('select[name="type"]'),
    redirectUris: page.locator('textarea[name="redirect_uris"]'),
    scope: (scope: string) => page.locator(`input[name="scope"][value="${scope}"]`),
    optionalScope: (scope: string) =>
      page.locator(`input[name="optional_scope"][value="${scope}"]`),
    submit: page.getByRole('button', { name: 'Register' }),
    errors: page.getByRole('alert'),
    clientId: page.locator('#client-id'),
    clientSecret: page.locator('#client-secret'),
  }
}
