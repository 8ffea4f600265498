import Router from '@koa/router'
import type { Context } from 'koa'

interface Prompts {
  find(ctx: Context): Promise<{ uid: string; prompt: string }>
}

/** Where the provider sends a person: on to the page that asks what it wants to know. */
export function promptRoutes(interactions: Prompts): Router {
  const router = new Router()
  router.get('/auth/interaction/:uid', async (ctx) => {
    const { uid, prompt } = await interactions.find(ctx)
    ctx.redirect(`/auth/interaction/${uid}/${prompt === 'consent' ? 'consent' : 'login'}`)
    ctx.status = 303
  })
  return router
}
