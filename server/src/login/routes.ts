import Router from '@koa/router'
import { enterCode, showCheckMail } from './check-mail.ts'
import { setUp, showSetUp } from './first-admin.ts'
import { forgotPassword, showForgotPassword } from './forgot-password.ts'
import { knownDevices } from './known-device.ts'
import { signOut, useAnotherAccount } from './leaving.ts'
import { showMailLink, useMailLink } from './mail-links.ts'
import { saveNewPassword, showNewPassword } from './new-password.ts'
import type { Login, LoginParts } from './parts.ts'
import { bases } from './place.ts'
import { resendMail } from './resend-mail.ts'
import { showSignIn, signIn } from './sign-in.ts'
import { showSignUp, signUp } from './sign-up.ts'

/** Who are you? The same pages stand alone and within an app's request, which then goes on. */
export function loginRoutes(parts: LoginParts): Router {
  const secure = parts.config.issuer.startsWith('https:')
  const devices = knownDevices({ keys: parts.keys.knownDevice, secure })
  const login: Login = { ...parts, secure, devices }
  const router = new Router()
  router.use(parts.csrf)

  for (const base of bases) {
    router.get(`${base}/login`, (ctx) => showSignIn(ctx, login))
    router.post(`${base}/login`, (ctx) => signIn(ctx, login))
    router.get(`${base}/signup`, (ctx) => showSignUp(ctx, login))
    router.post(`${base}/signup`, (ctx) => signUp(ctx, login))
    router.get(`${base}/forgot-password`, (ctx) => showForgotPassword(ctx, login))
    router.post(`${base}/forgot-password`, (ctx) => forgotPassword(ctx, login))
    router.get(`${base}/check-mail/:id`, (ctx) => showCheckMail(ctx, login))
    router.post(`${base}/check-mail/:id`, (ctx) => enterCode(ctx, login))
    router.post(`${base}/check-mail/:id/resend`, (ctx) => resendMail(ctx, login))
    router.post(`${base}/use-another-account`, (ctx) => useAnotherAccount(ctx, login))
  }
  router.post('/logout', (ctx) => signOut(ctx, login))

  // Links in mails and set-up links: opened in any browser.
  router.get('/verify', (ctx) => showMailLink(ctx, login))
  router.post('/verify', (ctx) => useMailLink(ctx, login))
  router.get('/reset', (ctx) => showNewPassword(ctx, login))
  router.post('/reset', (ctx) => saveNewPassword(ctx, login))
  router.get('/setup', (ctx) => showSetUp(ctx, login))
  router.post('/setup', (ctx) => setUp(ctx, login))
  return router
}
