import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const wcag22aa = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** The page as it stands, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    // Without motion: half-way between two colour schemes contrast is nobody's concern.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).withTags(wcag22aa).analyze()
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([])
  }
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
  await expect(page).toHaveTitle(/\S/)
}

/** What the Tab key comes to, from the top of the page: names of fields, words of links and buttons. */
export async function tabOrder(page: Page): Promise<string[]> {
  const stops: string[] = []
  await page.locator('.skip-link').focus()
  for (let stop = await focused(page); stop && stops.length < 60; stop = await focused(page)) {
    stops.push(stop)
    await page.keyboard.press('Tab')
  }
  return stops
}

/** Refuses what has the focus and does not show it (WCAG 2.4.7). */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement) || element === document.body) return undefined
    const name = element.getAttribute('name') ?? ''
    const stop = [name, element.textContent?.trim().replace(/\s+/g, ' ')].filter(Boolean).join(' ')
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
    const isSeen = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
    return isSeen ? stop : `${stop} (its focus cannot be seen)`
  })
