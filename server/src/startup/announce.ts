import type { Config } from '../config.ts'
import type { FirstAdmin } from './first-admin.ts'

/** What a person needs to go on, on standard output; the log goes to standard error. */
export function announce(facts: { config: Config; embedded: boolean; admin: FirstAdmin }): void {
  const { config, embedded, admin } = facts
  const lines = [
    '',
    `  Sign in with AutoGPT is running at ${config.issuer}`,
    '',
    ...(config.demo ? [`  Try it   ${config.demoOrigin}   a site that signs people in here`] : []),
    `  Admin    ${config.issuer}/admin   ${adminLine(admin)}`,
    `  Data     ${embedded ? config.dataDir : 'PostgreSQL at DATABASE_URL'}`,
    ...(config.smtpUrl ? [] : [`  Mail     is written to ${config.dataDir}/outbox`]),
    '',
    '  Stop it with Ctrl+C.',
    '',
  ]
  // A file on a full disk: who starts the server so has other ways to know.
  process.stdout.on('error', () => {})
  process.stdout.write(`${lines.join('\n')}\n`)
}

function adminLine(admin: FirstAdmin): string {
  switch (admin.kind) {
    case 'generated':
      return `sign in as ${admin.email} with ${admin.password} (shown this once)`
    case 'configured':
      return `sign in as ${admin.email} with ADMIN_PASSWORD`
    case 'link':
      return `set up the first administrator, once: ${admin.url}`
    case 'present':
      return 'sign in with your administrator account'
  }
}
