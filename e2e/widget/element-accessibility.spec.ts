import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { startGallery } from './element-gallery.ts'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'

/** What nobody can read is no button: every state, theme, size and language at once. */
async function expectNoViolation(page: Page, rulesOff: string[] = []): Promise<void> {
  await expect(page.getByRole('button').last()).toBeVisible()
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const axe = new AxeBuilder({ page }).withTags(tags).disableRules(rulesOff)
  const { violations } = await axe.analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([])
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const forcedColors of ['none', 'active'] as const) {
    test(`every look is accessible: ${colorScheme}, forced colours ${forcedColors}`, async ({
      page,
      server,
    }) => {
      await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' })
      const site = await startGallery(server.issuer)
      await page.goto(site.origin)

      // Forced colours are the system's own; axe reads -webkit-text-fill-color, which is not forced.
      await expectNoViolation(page, forcedColors === 'active' ? ['color-contrast'] : [])
      await site.stop()
    })
  }
}

test('every look is accessible: from right to left', async ({ page, server }) => {
  const site = await startGallery(server.issuer, 'ar')
  await page.goto(site.origin)

  await expectNoViolation(page)
  const [logo, label] = await Promise.all(
    ['logo', 'label'].map((part) => page.locator(`[part="${part}"]`).first().boundingBox()),
  )
  expect(logo?.x).toBeGreaterThan(label?.x ?? Infinity)
  await site.stop()
})

test('on a phone nothing is wider than the screen', async ({ page, server }) => {
  await page.setViewportSize({ width: 360, height: 640 })
  const site = await startGallery(server.issuer, 'de')
  await page.goto(site.origin)
  await expect(page.getByRole('button').last()).toBeVisible()

  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  await site.stop()
})

test('the keyboard reaches it and presses it', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { element, button } = elementPage(page)
  await page.keyboard.press('Tab')

  await expect(button).toBeFocused()
  await expect(element).toBeFocused()
  const ring = await button.evaluate((it) => {
    const { outlineStyle, outlineColor, boxShadow } = getComputedStyle(it)
    return { outlineStyle, outlineColor, boxShadow }
  })
  expect(ring).toEqual({
    outlineStyle: 'solid',
    outlineColor: 'rgb(79, 70, 229)',
    boxShadow: 'rgb(255, 255, 255) 0px 0px 0px 2px',
  })
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')])
  await expect(element).toHaveAttribute('status', 'busy')
  await expect(button).toBeFocused()
  await popup.close()
})

test('focus() on the element is focus on its button', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button() }))
  const { element, button } = elementPage(page)

  await element.evaluate((it) => it.focus())

  await expect(button).toBeFocused()
})

test('the smallest one is as large as a fingertip', async ({ page, shop }) => {
  await page.goto(shop.page({ body: `<p>${shop.button({ size: 's' })}</p>` }))
  const { button } = elementPage(page)
  const box = await button.boundingBox()
  if (!box) throw new Error('no button')
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }

  // WCAG 2.5.5: 44 by 44.
  for (const dy of [-21.5, 21.5]) {
    const hit = await page.evaluate(({ x, y }) => document.elementFromPoint(x, y)?.localName, {
      x: middle.x,
      y: middle.y + dy,
    })
    expect(hit).toBe('autogpt-signin')
  }
})

test('where people want no motion nothing turns', async ({ page, shop }) => {
  await page.goto(shop.page({ body: shop.button({ flow: 'popup' }) }))
  const { element, openWindow } = elementPage(page)
  await openWindow()
  const spinner = element.locator('[part="spinner"]')
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  await expect(spinner).toHaveCSS('animation-name', 'spin')

  await page.emulateMedia({ reducedMotion: 'reduce' })

  await expect(spinner).toHaveCSS('animation-name', 'none')
})
