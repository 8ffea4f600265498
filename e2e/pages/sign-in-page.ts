import type { Page } from '@playwright/test'
import type { Person } from '../server.ts'

/** Found by the contract's field names (section 4), so that it works in every language. */
export function signInPage(page: Page) {
  return {
    heading: page.getByRole('heading', { level: 1 }),
    email: page.locator('input[name="email"]'),
    password: page.locator('input[name="password"]'),
    submit: page.locator('form:has(input[name="password"]) button[type="submit"]').first(),
    signUpLink: page.locator('a[href$="/signup"]'),
    forgotLink: page.locator('a[href$="/forgot-password"]'),
    errors: page.getByRole('alert'),
    async signIn({ email, password }: Pick<Person, 'email' | 'password'>) {
      await this.email.fill(email)
      await this.password.fill(password)
      await this.submit.click()
    },
  }
}
