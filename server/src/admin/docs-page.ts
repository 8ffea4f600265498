import type { Router } from '@koa/router'
import { swaggerUi } from '#web/swagger-ui.ts'

const base = '/api/admin/docs'

/** The API's documentation to read and try; it holds no data, so anyone may see it. */
export function addDocsPage(router: Router): void {
  const ui = swaggerUi(router, base)
  router.get(base, (ctx) =>
    ui.show(ctx, { title: 'Admin API', document: '/api/admin/openapi.json' }),
  )
}
