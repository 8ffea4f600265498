import { expect, test } from './fixtures.ts'
import { signInDirectly } from './journeys.ts'

// The browser's complaints are watched by every spec: here above all, that the policy is kept.
test('the admin API can be read and tried in the browser, by an administrator’s session', async ({
  page,
  server,
}) => {
  await signInDirectly(page, server.admin)
  await page.goto('/api/admin/docs')
  const operation = page.locator('#operations-Users-listUsers')

  await operation.getByText('List or search users').click()
  await operation.getByRole('button', { name: 'Try it out' }).click()
  await operation.getByRole('button', { name: 'Execute' }).click()

  const answer = operation.locator('.live-responses-table')
  await expect(answer.locator('.response-col_status').last()).toContainText('200')
  await expect(answer).toContainText(server.admin.email)
})
