import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { assetUrl } from '#web/assets.ts'
import { cacheable } from '#web/headers.ts'
import { accounts, clientMetadata, disconnect } from './accounts.ts'
import { assertion } from './assertion.ts'
import type { FedcmParts } from './parts.ts'
import { FedcmError } from './requests.ts'
import { closeWindow, openWindow } from './window.ts'

const paths = {
  config: '/fedcm/config.json',
  accounts: '/fedcm/accounts',
  client: '/fedcm/client',
  assertion: '/fedcm/assertion',
  disconnect: '/fedcm/disconnect',
  login: '/fedcm/login',
} as const

/** AutoGPT as an identity provider of the browser's own dialog (W3C Federated Credential Management). */
export function fedcmRoutes(parts: FedcmParts): Router {
  const router = new Router()
  router.get('/.well-known/web-identity', (ctx) => {
    forOtherSites(ctx)
    cacheable(ctx, 'public, max-age=300')
    ctx.body = {
      provider_urls: [parts.issuer + paths.config],
      accounts_endpoint: parts.issuer + paths.accounts,
      login_url: parts.issuer + paths.login,
    }
  })
  router.get(paths.config, (ctx) => {
    forOtherSites(ctx)
    cacheable(ctx, 'public, max-age=300')
    ctx.body = config(parts.issuer)
  })
  const answering = (handle: (ctx: Context) => Promise<void>): Middleware => errors(handle)
  router.get(paths.accounts, answering(accounts(parts)))
  router.get(paths.client, answering(clientMetadata(parts)))
  router.post(paths.assertion, answering(assertion(parts)))
  router.post(paths.disconnect, answering(disconnect(parts)))
  // Whoever is signed in to nothing gets the sign-in pages (login/).
  router.get(paths.login, parts.csrf, openWindow(parts))
  router.get('/fedcm/signed-in', closeWindow(parts))
  return router
}

/** The browser fetches it for the page of another site. */
const forOtherSites = (ctx: Context) => ctx.set('Cross-Origin-Resource-Policy', 'cross-origin')

function config(issuer: string) {
  const { accounts, client, assertion, disconnect, login } = paths
  return {
    accounts_endpoint: issuer + accounts,
    client_metadata_endpoint: issuer + client,
    id_assertion_endpoint: issuer + assertion,
    disconnect_endpoint: issuer + disconnect,
    login_url: issuer + login,
    modes: { active: { supports_use_other_account: true } },
    branding: {
      background_color: '#4f46e5',
      color: '#ffffff',
      icons: [{ url: issuer + assetUrl('icon.png'), size: 96 }],
    },
  }
}

function errors(handle: (ctx: Context) => Promise<void>): Middleware {
  return async (ctx) => {
    forOtherSites(ctx)
    try {
      await handle(ctx)
    } catch (error) {
      if (!(error instanceof FedcmError)) throw error
      ctx.status = error.status
      ctx.body = { error: { code: error.code }, error_description: error.message }
    }
  }
}
