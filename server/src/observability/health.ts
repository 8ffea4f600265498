import Router from '@koa/router'
import type { Db } from '#db/database.ts'

/** live: the process answers. ready: so does the database, and no drain has begun. */
export function healthRoutes({ db, isDraining }: { db: Db; isDraining(): boolean }): Router {
  const router = new Router()
  router.get('/health/live', (ctx) => {
    ctx.body = { status: 'live' }
  })
  router.get('/health/ready', async (ctx) => {
    const ready = !isDraining() && (await answers(db))
    ctx.status = ready ? 200 : 503
    ctx.body = { status: ready ? 'ready' : 'not ready' }
  })
  return router
}

async function answers(db: Db): Promise<boolean> {
  try {
    await db.query('select 1')
    return true
  } catch {
    return false
  }
}
