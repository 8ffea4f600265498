import type { Page } from '@playwright/test'

const widths = { wide: 1280, phone: 360 }

/** One state of a page, whole: light and dark, wide and on a phone. */
export async function shoot(page: Page, name: string): Promise<void> {
  for (const [device, width] of Object.entries(widths)) {
    const height = device === 'phone' ? 640 : 800
    await page.setViewportSize({ width, height })
    // A window as high as the page: what sticks to the window's edge stays where it belongs.
    const whole = await page.evaluate(() => document.documentElement.scrollHeight)
    await page.setViewportSize({ width, height: Math.max(height, whole) })
    await painted(page)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: `screenshots/${name}-${device}-${colorScheme}.png` })
    }
  }
}

/** What is seen first of it on a phone, without scrolling. */
export async function shootFirstView(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: widths.phone, height: 640 })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.evaluate(() => window.scrollTo(0, 0))
  await page.screenshot({ path: `screenshots/${name}-first-view.png` })
}

/** For the README; docs/images/ takes a copy of the best. */
export async function shootForReadme(page: Page, name: string, height = 980): Promise<void> {
  await page.setViewportSize({ width: 860, height })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: `screenshots/readme/${name}-${colorScheme}.png` })
  }
}

/** So high a window is painted in pieces; a screenshot taken at once may miss some. */
const painted = (page: Page) =>
  page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
