import { Router } from '@koa/router'
import type { Context } from 'koa'
import { findClientByClientId } from '#db/clients.ts'
import type { Db } from '#db/database.ts'
import { found } from '#web/problem.ts'

/** An app's public card: what anyone may know of it, which is less than its registration. */
export function appCardRoutes({ db }: { db: Db }): Router {
  const router = new Router()
  router.get(
    '/api/oauth/app/:clientId',
    async (ctx: Context & { params: { clientId: string } }) => {
      const client = found(await findActive(db, ctx.params.clientId), 'app')
      ctx.set('Access-Control-Allow-Origin', '*')
      ctx.body = {
        name: client.name,
        description: client.description,
        logo_url: client.logoUrl,
        scopes: client.scopes,
        verified: client.approvedAt !== null,
      }
    },
  )
  return router
}

// What cannot be one is not looked for: the database would refuse some of it with an error.
async function findActive(db: Db, clientId: string) {
  if (!/^agpt_client_[\w-]{1,100}$/.test(clientId)) return undefined
  const client = await findClientByClientId(db, clientId)
  return client?.disabledAt ? undefined : client
}
