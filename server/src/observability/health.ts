import Router from '@koa/router'
import type { Db } from '#db/database.ts'
import { type SchemaState, schemaState } from '#db/schema-state.ts'
import { isWritable } from '#db/writable.ts'

const notReady = {
  old: 'schema old',
  new: 'schema new',
} as const satisfies Partial<Record<SchemaState, string>>

/** live: the process answers. ready: so does the database, for writing, its schema fits, and no drain has begun. */
export function healthRoutes({ db, isDraining }: { db: Db; isDraining(): boolean }): Router {
  const router = new Router()
  const problem = shared(() => databaseProblem(db))
  router.get('/health/live', (ctx) => {
    ctx.body = { status: 'live' }
  })
  router.get('/health/ready', async (ctx) => {
    const reason = isDraining() ? 'stopping' : await problem()
    ctx.status = reason ? 503 : 200
    ctx.body = reason ? { status: 'not ready', reason } : { status: 'ready' }
  })
  return router
}

/** Probes of the same moment, however many, are one question. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | undefined
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}

async function databaseProblem(db: Db): Promise<string | undefined> {
  try {
    const state = await schemaState(db)
    if (state !== 'current') return notReady[state]
    return (await isWritable(db)) ? undefined : 'database read-only'
  } catch {
    return 'database'
  }
}
