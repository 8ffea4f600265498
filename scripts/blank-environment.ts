import { settings } from '../server/src/settings.ts'

/** Every setting as empty: one's own environment and .env file then do not reach a server under test. */
export function blankEnvironment(): Record<string, string> {
  return Object.fromEntries(settings.keyof().options.map((name) => [name, '']))
}
