import { type BrowserContextOptions, test as base, expect, type Page } from '@playwright/test'
import { complaintsOf } from './complaints.ts'
import { type Server, serverUnderTest } from './server.ts'
import { startThirdParty, type ThirdParty } from './third-party.ts'
import { noteSecretsOf } from './used-secrets.ts'

interface Fixtures {
  server: Server
  /** Fails the test when the browser complained; a test that expects a complaint takes it out. */
  complaints: string[]
  /** Another browser: own cookies, watched as the first one is. */
  anotherBrowser(options?: BrowserContextOptions): Promise<Page>
  /** An app of somebody else, with a callback of its own. */
  thirdParty: ThirdParty
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names a fixture asks for
  server: async ({}, use) => use(serverUnderTest()),

  complaints: [
    async ({ context }, use) => {
      const complaints = complaintsOf(context)
      noteSecretsOf(context)
      await use(complaints)
      expect(complaints).toEqual([])
    },
    { auto: true },
  ],

  anotherBrowser: async ({ browser, complaints, contextOptions }, use) => {
    const open = async (options?: BrowserContextOptions) => {
      const context = await browser.newContext({ ...contextOptions, ...options })
      const heard = complaintsOf(context)
      noteSecretsOf(context)
      contexts.push({ context, heard })
      return context.newPage()
    }
    const contexts: { context: Awaited<ReturnType<typeof browser.newContext>>; heard: string[] }[] =
      []
    await use(open)
    for (const { context, heard } of contexts) {
      complaints.push(...heard)
      await context.close()
    }
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names a fixture asks for
  thirdParty: async ({}, use) => {
    const thirdParty = await startThirdParty()
    await use(thirdParty)
    await thirdParty.stop()
  },
})

export { expect }
