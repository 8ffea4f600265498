import Router from '@koa/router'
import { changeApp, showApps } from './apps.ts'
import { deleteOwnAccount, showDeletion } from './deletion.ts'
import { downloadData } from './download.ts'
import { askForEmail } from './email-change.ts'
import { showEmailLink, useEmailLink } from './email-confirmation.ts'
import { endNotMine, showNotMe } from './not-me.ts'
import type { AccountParts } from './parts.ts'
import { changePassword } from './password.ts'
import { saveProfile } from './profile.ts'
import { endSessions } from './sessions.ts'
import { showAccount, visitor } from './visit.ts'

/** The signed-in person's own pages. */
export function accountRoutes(parts: AccountParts): Router {
  const router = new Router()
  const own = visitor(parts)
  router.use(parts.csrf)
  router.get('/account', own(showAccount(parts)))
  router.post('/account/profile', own(saveProfile(parts)))
  router.post('/account/password', own(changePassword(parts)))
  router.post('/account/sessions', own(endSessions(parts)))
  router.get('/account/apps', own(showApps(parts)))
  router.post('/account/apps', own(changeApp(parts)))
  router.post('/account/data.json', own(downloadData(parts)))
  router.get('/account/delete', own(showDeletion))
  router.post('/account/delete', own(deleteOwnAccount(parts)))
  router.post('/account/email/ask', own(askForEmail(parts)))

  router.get('/account/email', showEmailLink(parts))
  router.post('/account/email', useEmailLink(parts))

  // A link in a mail: opened in any browser, by whoever has the mailbox.
  router.get('/account/apps/not-me', showNotMe(parts))
  router.post('/account/apps/not-me', endNotMine(parts))
  return router
}
