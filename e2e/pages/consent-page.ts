import type { Page } from '@playwright/test'

export function consentPage(page: Page) {
  return {
    heading: page.getByRole('heading', { level: 1 }),
    boxes: page.locator('input[name="scope"]'),
    box: (scope: string) => page.locator(`input[name="scope"][value="${scope}"]`),
    allow: page.locator('button[name="decision"][value="approve"]'),
    deny: page.locator('button[name="decision"][value="deny"]'),
    useAnotherAccount: page.getByRole('button', { name: /another account|anderes konto/i }),
    /** The scopes that may be unticked, in the page's order. */
    choices: () =>
      page
        .locator('input[name="scope"]')
        .evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value)),
  }
}
