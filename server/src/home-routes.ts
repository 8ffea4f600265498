import Router from '@koa/router'
import type { Context } from 'koa'
import { findAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { homePage } from '#web/home-page.ts'
import { render } from '#web/html.ts'
import { localeOf } from '#web/locale.ts'

interface HomeParts {
  db: Db
  sessions: { accountId(ctx: Context): Promise<string | undefined> }
  config: { demo: boolean; demoOrigin: string }
}

export function homeRoutes({ db, sessions, config }: HomeParts): Router {
  const router = new Router()
  router.get('/', async (ctx) => {
    const accountId = await sessions.accountId(ctx)
    const account = accountId === undefined ? undefined : await findAccount(db, accountId)
    const demoUrl = config.demo ? config.demoOrigin : undefined
    await render(ctx, homePage({ locale: localeOf(ctx), signedInAs: account?.email, demoUrl }))
  })
  return router
}
