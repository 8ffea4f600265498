import type { Locator, Page } from '@playwright/test'

export interface Heard {
  name: 'start' | 'success' | 'cancel' | 'error' | 'fallback'
  id: string
  detail: Record<string, unknown>
}

/** The button on a shop's page, as a person and as the page's own script have it. */
export function elementPage(page: Page, which = 'autogpt-signin') {
  const element: Locator = page.locator(which)
  const openWindow = async (): Promise<Page> => {
    const [popup] = await Promise.all([page.waitForEvent('popup'), element.click()])
    await popup.waitForURL('**/auth/interaction/**')
    return popup
  }
  return {
    element,
    button: element.getByRole('button'),
    message: element.getByRole('alert'),
    said: element.getByRole('status'),
    /** Clicks, and has the window that opens. */
    openWindow,
    /** Clicks, and has the page that the person is on then. */
    async begin(flow: string): Promise<Page> {
      if (flow === 'popup') return openWindow()
      await element.click()
      return page
    },
    /** The events so far, as a listener at the window's top heard them. */
    heard: (): Promise<Heard[]> => page.evaluate('window.heard'),
    names: async () => ((await page.evaluate('window.heard')) as Heard[]).map(({ name }) => name),
  }
}
