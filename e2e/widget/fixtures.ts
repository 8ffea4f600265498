import type { LaunchOptions } from '@playwright/test'
import { test as base, expect } from '../fixtures.ts'
import type { NewApp } from '../server.ts'
import { openShop, type Shop } from './shop.ts'

interface WidgetFixtures {
  /** A shop with its own app, on a site of its own. */
  shop: Shop
  /** Another one, with wishes. */
  anotherShop(fields?: Partial<NewApp> & { host?: string; paths?: string[] }): Promise<Shop>
}

/** As people have it: Playwright would let every window open. */
export const test = base.extend<WidgetFixtures, { launchOptions: LaunchOptions }>({
  launchOptions: [
    async ({ launchOptions }, use) => {
      await use({ ...launchOptions, ignoreDefaultArgs: ['--disable-popup-blocking'] })
    },
    { scope: 'worker' },
  ],

  shop: async ({ server }, use) => {
    const shop = await openShop(server)
    await use(shop)
    await shop.stop()
  },

  anotherShop: async ({ server }, use) => {
    const shops: Shop[] = []
    await use(async (fields) => {
      const shop = await openShop(server, fields)
      shops.push(shop)
      return shop
    })
    for (const shop of shops) await shop.stop()
  },
})

export { expect }
