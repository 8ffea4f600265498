import type { BrowserContext } from '@playwright/test'
import type { Server } from '../server.ts'

/** Another server's word in place of ours: what the browser brings back without asking anybody. */
export async function answerWith(
  context: BrowserContext,
  { issuer }: Server,
  answer: Record<string, string>,
): Promise<void> {
  await context.unroute(`${issuer}/auth/authorize?**`)
  await context.route(`${issuer}/auth/authorize?**`, (route) => {
    const asked = new URL(route.request().url()).searchParams
    const back = new URL(asked.get('redirect_uri') ?? '')
    back.search = `${new URLSearchParams({ state: asked.get('state') ?? '', iss: issuer, ...answer })}`
    const body = `<script>location.replace(${JSON.stringify(back)})</script>`
    return route.fulfill({ contentType: 'text/html', body })
  })
}
