import { chromium } from '@playwright/test'
import { findProgram } from './on-path.ts'

/** Without background connections: on a closed network each of them would be refused and logged. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']
const APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/** A Chromium on this machine: the system's, else one that Playwright downloaded earlier. */
export function findChromium(): string | undefined {
  return findProgram(PROGRAMS, [...APPLICATIONS, chromium.executablePath()])
}
