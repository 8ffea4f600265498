import base from '../playwright.config.ts'

/** `npm run screenshots`: every page and state into screenshots/, to be looked at. */
export default {
  ...base,
  testDir: '.',
  testMatch: /screenshots-[\w-]+\.ts/,
  reporter: 'list',
  timeout: 180_000,
  use: {
    ...base.use,
    screenshot: 'off' as const,
    trace: 'off' as const,
    contextOptions: { reducedMotion: 'reduce' as const },
  },
  webServer: [base.webServer ?? []].flat().map((server) => ({ ...server, cwd: '..' })),
}
