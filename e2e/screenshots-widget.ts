import { type BrowserContextOptions, type Locator, test } from '@playwright/test'
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

const themes = ['auto', 'light', 'dark', 'outline']

for (const colorScheme of ['light', 'dark'] as const) {
  for (const forcedColors of ['none', 'active'] as const) {
    test(`the sign-in button, touched: ${colorScheme}, forced colours ${forcedColors}`, async ({
      browser,
    }) => {
      const site = await startGallery(serverUnderTest().issuer)
      const context = await browser.newContext({ colorScheme, forcedColors })
      const page = await context.newPage()
      await page.goto(site.origin)
      for (const theme of themes) {
        const button = page.locator(`autogpt-signin[theme="${theme}"]`).first().getByRole('button')
        const clip = await around(button)
        const shoot = (state: string) =>
          page.screenshot({
            clip,
            path: `screenshots/widget-${colorScheme}-${forcedColors}-${theme}-${state}.png`,
          })
        await button.hover()
        await shoot('hover')
        await page.mouse.down()
        await shoot('active')
        await page.mouse.move(0, 0)
        await page.mouse.up()
        await page.keyboard.press('Tab')
        await button.focus()
        await shoot('focus')
      }
      await context.close()
      await site.stop()
    })
  }
}

async function around(button: Locator) {
  const { x, y, width, height } = (await button.boundingBox()) ?? {
    x: 0,
    y: 0,
    width: 9,
    height: 9,
  }
  return { x: x - 8, y: y - 8, width: width + 16, height: height + 16 }
}
