import type { Page } from '@playwright/test'
import type { Person } from '../server.ts'

export function signUpPage(page: Page) {
  return {
    name: page.locator('input[name="name"]'),
    email: page.locator('input[name="email"]'),
    password: page.locator('input[name="password"]'),
    submit: page.locator('form:has(input[name="name"]) button[type="submit"]').first(),
    errors: page.getByRole('alert'),
    async signUp({ name, email, password }: Person) {
      await this.name.fill(name)
      await this.email.fill(email)
      await this.password.fill(password)
      await this.submit.click()
    },
  }
}
