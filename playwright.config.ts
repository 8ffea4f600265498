import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { blankEnvironment } from './scripts/blank-environment.ts'
import { chromiumFlags, findChromium } from './scripts/chromium.ts'
import { freePorts } from './scripts/free-ports.ts'

// Workers load this file again and inherit what the first load has set.
if (!process.env.E2E_PORT) {
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-e2e-'))
  process.env.E2E_DATA_DIR = folder
  process.env.E2E_PORT = String(await freePorts())
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
}
const { E2E_PORT = '', E2E_DATA_DIR = '', TEST_LOG_FOLDER } = process.env
const baseURL = `http://localhost:${E2E_PORT}`

export default defineConfig({
  testDir: 'e2e',
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  timeout: 60_000,
  reporter: [['list'], ['json', { outputFile: 'test-results/report.json' }]],
  use: {
    baseURL,
    browserName: 'chromium',
    launchOptions: { executablePath: findChromium(), args: chromiumFlags },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
  webServer: {
    // npm test looks into the log for secrets, when all is over.
    command: `node server/src/main.ts${TEST_LOG_FOLDER ? ' 2>>"$TEST_LOG_FOLDER/browser.log"' : ''}`,
    url: `${baseURL}/health/ready`,
    env: {
      ...blankEnvironment(),
      PORT: E2E_PORT,
      DATA_DIR: E2E_DATA_DIR,
      ADMIN_EMAIL: 'admin@example.com',
      ADMIN_PASSWORD: 'an admin of browser tests',
      RATE_LIMITS: 'off',
      LOG_LEVEL: TEST_LOG_FOLDER ? 'trace' : 'warn',
    },
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    stdout: 'pipe',
  },
})
