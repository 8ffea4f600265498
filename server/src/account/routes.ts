import Router from '@koa/router'
import { changeApp, showApps } from './apps.ts'
import type { AccountParts } from './parts.ts'
import { changePassword } from './password.ts'
import { saveProfile } from './profile.ts'
import { endOtherSessions } from './sessions.ts'
import { showAccount, visitor } from './visit.ts'

/** The signed-in person's own pages. */
export function accountRoutes(parts: AccountParts): Router {
  const router = new Router()
  const own = visitor(parts)
  router.use(parts.csrf)
  router.get('/account', own(showAccount))
  router.post('/account/profile', own(saveProfile(parts)))
  router.post('/account/password', own(changePassword(parts)))
  router.post('/account/sessions', own(endOtherSessions(parts)))
  router.get('/account/apps', own(showApps(parts)))
  router.post('/account/apps', own(changeApp(parts)))
  return router
}
