import { Router } from '@koa/router'
import type { Context } from 'koa'
import type { Db } from '#db/database.ts'
import { administrators, type Sessions } from './administrators.ts'
import { appOperations } from './app-operations.ts'
import type { RegistrationRules } from './app-rules.ts'
import { appSecretOperations } from './app-secret-operations.ts'
import { auditOperations } from './audit-operations.ts'
import { addDocsPage } from './docs-page.ts'
import { keyOperations, type SigningKeys } from './key-operations.ts'
import { openApiDocument } from './openapi.ts'
import { type Operation, serve } from './operation.ts'
import { userOperations } from './user-operations.ts'
import type { Passwords, SetUpLink } from './users.ts'

interface AdminApiParts {
  db: Db
  issuer: string
  /** Without one no bearer token is the right one. */
  adminToken: string | undefined
  sessions: Sessions
  passwords: Passwords
  setUpLink: SetUpLink
  rules: RegistrationRules
  signingKeys: SigningKeys
  /** Of features that this one does not know. */
  more: Operation[]
}

/** The admin REST API with its document and docs page (contract, section 6). */
export function adminApiRoutes(parts: AdminApiParts): Router {
  const callerOf = administrators(parts)
  const operations = [
    ...appOperations(parts),
    ...appSecretOperations(parts),
    ...userOperations(parts),
    ...keyOperations(parts),
    ...auditOperations(parts),
    ...parts.more,
  ]
  const document = openApiDocument(operations, parts)

  const router = new Router()
  router.get('/api/admin/openapi.json', (ctx: Context) => {
    ctx.body = document
  })
  addDocsPage(router)
  for (const operation of operations) {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ':$1')
    router[operation.method](path, async (ctx: Context) =>
      serve(operation, ctx, await callerOf(ctx)),
    )
  }
  return router
}
