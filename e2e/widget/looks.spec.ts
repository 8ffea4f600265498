import type { Locator } from '@playwright/test'
import { elementPage } from './element-page.ts'
import { expect, test } from './fixtures.ts'
import type { Attributes } from './shop.ts'

const styleOf = (part: Locator, name: string) =>
  part.evaluate((it, name) => getComputedStyle(it).getPropertyValue(name), name)

const dark = 'rgb(23, 24, 28)'
const white = 'rgb(255, 255, 255)'

for (const scheme of ['light', 'dark'] as const) {
  test(`themes on a page that is ${scheme}`, async ({ page, shop }) => {
    const themes = ['auto', 'light', 'dark', 'outline']
    const first = `<style>:root { color-scheme: ${scheme}; color: rgb(1, 2, 3) }</style>`
    await page.goto(
      shop.page({ first, body: themes.map((theme) => shop.button({ theme })).join('') }),
    )
    const grounds = await Promise.all(
      themes.map((_, at) => styleOf(page.getByRole('button').nth(at), 'background-color')),
    )

    // auto stands out from the page; light and dark are the same on every page.
    const auto = scheme === 'light' ? dark : white
    expect(grounds).toEqual([auto, white, dark, 'rgba(0, 0, 0, 0)'])
    expect(await styleOf(page.getByRole('button').nth(3), 'color')).toBe('rgb(1, 2, 3)')
  })
}

test('whoever points at it sees that, in every theme', async ({ page, shop }) => {
  const themes = ['auto', 'light', 'dark', 'outline']
  await page.goto(shop.page({ body: themes.map((theme) => shop.button({ theme })).join('') }))

  for (const [at, theme] of themes.entries()) {
    const button = page.getByRole('button').nth(at)
    expect(await styleOf(button, 'background-image'), theme).toBe('none')
    await button.hover()
    expect(await styleOf(button, 'background-image'), theme).toContain('gradient')
  }
})

test('sizes grow, shapes round, and each can be touched', async ({ page, shop }) => {
  const looks: Attributes[] = [
    { size: 's' },
    { size: 'm' },
    { size: 'l' },
    { shape: 'rect' },
    { shape: 'pill' },
  ]
  await page.goto(shop.page({ body: looks.map((it) => shop.button(it)).join('') }))
  const buttons = page.getByRole('button')
  const boxes = await Promise.all(looks.map((_, at) => buttons.nth(at).boundingBox()))
  const radius = (at: number) => styleOf(buttons.nth(at), 'border-radius')

  const [small = 0, medium = 0, large = 0] = boxes.map((box) => box?.height)
  expect(small).toBeLessThan(medium)
  expect(medium).toBe(44)
  expect(large).toBeGreaterThan(medium)
  expect(await radius(3)).toBe('8px')
  expect(Number.parseFloat(await radius(4))).toBeGreaterThan(22)
  // A finger above the small one's edge still meets it.
  const [first] = boxes
  if (!first) throw new Error('no button')
  const above = { x: first.x + first.width / 2, y: first.y + first.height / 2 - 21 }
  expect(await page.evaluate(({ x, y }) => document.elementFromPoint(x, y)?.localName, above)).toBe(
    'autogpt-signin',
  )
})

test('the sign stands beside the words, or at the start of a wide button', async ({
  page,
  shop,
}) => {
  const first = '<style>autogpt-signin { width: 400px; display: block }</style>'
  const body = ['center', 'start'].map((it) => shop.button({ 'logo-alignment': it })).join('')
  await page.goto(
    shop.page({
      first,
      body: `${body}<div dir="rtl" lang="ar">${shop.button({ 'logo-alignment': 'start' })}</div>`,
    }),
  )
  const left = async (at: number) => {
    const box = await page.locator('autogpt-signin [part="logo"]').nth(at).boundingBox()
    const button = await page.getByRole('button').nth(at).boundingBox()
    return (box?.x ?? 0) - (button?.x ?? 0)
  }

  expect(await left(0)).toBeGreaterThan(60)
  expect(await left(1)).toBeLessThan(30)
  expect(await left(2)).toBeGreaterThan(340)
})

const properties: [name: string, value: string, part: string, style: string, computed: string][] = [
  ['bg', 'rgb(1, 2, 3)', 'button', 'background-color', 'rgb(1, 2, 3)'],
  ['fg', 'rgb(4, 5, 6)', 'button', 'color', 'rgb(4, 5, 6)'],
  ['border', 'rgb(7, 8, 9)', 'button', 'border-top-color', 'rgb(7, 8, 9)'],
  ['radius', '3px', 'button', 'border-top-left-radius', '3px'],
  ['font', 'monospace', 'button', 'font-family', 'monospace'],
  ['focus', 'rgb(10, 11, 12)', 'button', 'outline-color', 'rgb(10, 11, 12)'],
  ['error', 'rgb(13, 14, 15)', 'message', 'color', 'rgb(13, 14, 15)'],
  ['height', '70px', 'button', 'min-height', '70px'],
]

test('each custom property changes what it says', async ({ page, shop }) => {
  const set = properties.map(([name, value]) => `--autogpt-signin-${name}: ${value}`).join(';')
  const first = `<style>autogpt-signin { ${set} }</style>`
  await page.goto(shop.page({ first, body: shop.button({ 'client-id': '' }) }))
  const { element } = elementPage(page)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(element).toHaveAttribute('status', 'error')

  for (const [name, , part, style, computed] of properties) {
    expect(await styleOf(element.locator(`[part="${part}"]`), style), name).toBe(computed)
  }
})

test('each part is reached by the page’s own style', async ({ page, shop }) => {
  const parts = ['button', 'logo', 'spinner', 'label', 'message']
  const rules = parts.map((part) => `autogpt-signin::part(${part}) { outline: 7px solid red }`)
  const first = `<style>${rules.join('\n')}</style>`
  const body = shop.button({ 'client-id': '' }) + shop.button({ flow: 'popup', id: 'busy' })
  await page.goto(shop.page({ first, body }))
  await page.locator('autogpt-signin').first().click()
  await elementPage(page, '#busy').openWindow()
  await expect(page.locator('#busy')).toHaveAttribute('status', 'busy')

  for (const part of parts) {
    const which = part === 'spinner' ? '#busy' : 'autogpt-signin >> nth=0'
    expect(
      await styleOf(page.locator(which).locator(`[part="${part}"]`), 'outline-width'),
      part,
    ).toBe('7px')
  }
})
