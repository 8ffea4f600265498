import { type BrowserContextOptions, test } from '@playwright/test'
import { serverUnderTest } from './server.ts'
import { startGallery } from './widget/element-gallery.ts'

const looks: [name: string, lang: string, options: BrowserContextOptions][] = [
  ['light', 'en', {}],
  ['dark', 'en', { colorScheme: 'dark' }],
  ['forced-colors-light', 'en', { forcedColors: 'active' }],
  ['forced-colors-dark', 'en', { forcedColors: 'active', colorScheme: 'dark' }],
  ['right-to-left', 'ar', {}],
  ['phone', 'de', { viewport: { width: 360, height: 640 } }],
  ['phone-dark', 'he', { viewport: { width: 360, height: 640 }, colorScheme: 'dark' }],
]

for (const [name, lang, options] of looks) {
  test(`the sign-in button: ${name}`, async ({ browser }) => {
    const site = await startGallery(serverUnderTest().issuer, lang)
    const context = await browser.newContext({
      viewport: { width: 900, height: 700 },
      reducedMotion: 'reduce',
      ...options,
    })
    const page = await context.newPage()
    await page.goto(site.origin)
    await page.getByRole('button').last().waitFor()
    await page.screenshot({ path: `screenshots/widget-${name}.png`, fullPage: true })
    await context.close()
    await site.stop()
  })
}
