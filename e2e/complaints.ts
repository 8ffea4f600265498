import type { BrowserContext } from '@playwright/test'

/**
 * Whatever a browser complains about in any page of a context: script errors, violations of the
 * Content-Security-Policy, files that are missing. A page that is itself an error page is no
 * complaint: it is what some specs are about.
 */
export function complaintsOf(context: BrowserContext): string[] {
  const complaints: string[] = []
  context.on('console', (message) => {
    const text = message.text()
    // Chromium says this of pages too; those that are no page are noticed below.
    if (text.startsWith('Failed to load resource: the server responded')) return
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(`${message.type()} at ${message.location().url}: ${text}`)
    }
  })
  context.on('weberror', (error) => complaints.push(`script error: ${error.error().message}`))
  context.on('response', (response) => {
    const isPage = response.request().resourceType() === 'document'
    if (response.status() >= 400 && !isPage) {
      complaints.push(`${response.status()} for ${response.url()}`)
    }
  })
  return complaints
}
