import { fileURLToPath } from 'node:url'
import Router from '@koa/router'
import type { Context } from 'koa'
import type { Logger } from 'pino'
import { cacheable } from '#web/headers.ts'
import { type Release, readReleases, type WidgetFile } from './releases.ts'

interface WidgetParts {
  issuer: string
  /** widget/, but for tests. */
  folder?: string
  log: Pick<Logger, 'warn'>
}

const widget = fileURLToPath(new URL('../../../widget/', import.meta.url))

/** Minutes, not days: a repair reaches every page that loads the newest version soon. */
const newest = 'public, max-age=300'
const forever = 'public, max-age=31536000, immutable'

/** The sign-in button for pages of any origin: `/widget/v1/` is the newest, a released version never changes. */
export function widgetRoutes({ issuer, folder = widget, log }: WidgetParts): Router {
  const releases = readReleases(folder)
  if (releases.length === 0) {
    log.warn('the sign-in button is not built, /widget/ has nothing: npm run build -w widget')
  }
  const router = new Router()
  router.get('/widget/:version/:file', (ctx) => {
    const { version, file: name = '' } = ctx.params
    const { release, isForGood } = find(releases, version)
    const file = release?.files.get(name)
    if (release && name === 'manifest.json') ctx.body = manifestOf(release, issuer)
    else if (file) send(ctx, file)
    else return
    open(ctx, isForGood)
  })
  return router
}

interface Found {
  release: Release | undefined
  /** An exact version that was released: another build of it will never be there. */
  isForGood: boolean
}

function find(releases: Release[], asked = ''): Found {
  const exact = releases.find(({ version }) => version === asked)
  const latest = releases.find(({ version }) => `v${version.split('.')[0]}` === asked)
  return { release: exact ?? latest, isForGood: exact?.isReleased ?? false }
}

/** SRI works on answers that CORS opens, isolated pages (COEP) load what says cross-origin. */
function open(ctx: Context, isForGood: boolean): void {
  ctx.set('Access-Control-Allow-Origin', '*')
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin')
  ctx.set('Timing-Allow-Origin', '*')
  cacheable(ctx, isForGood ? forever : newest)
}

function send(ctx: Context, { type, integrity, bytes, ...encoded }: WidgetFile): void {
  const accepted = (['br', 'gzip'] as const).find(
    (name) => encoded[name] && ctx.acceptsEncodings(name),
  )
  ctx.vary('Accept-Encoding')
  ctx.set('Content-Type', type)
  if (accepted) ctx.set('Content-Encoding', accepted)
  // RFC 9110 8.8.3.3: each encoding is a representation of its own.
  ctx.etag = `${integrity.slice(7, 31)}-${accepted ?? 'identity'}`
  ctx.status = 200
  if (ctx.fresh) ctx.status = 304
  else ctx.body = (accepted && encoded[accepted]) ?? bytes
}

function manifestOf({ version, files }: Release, issuer: string): object {
  const scripts = [...files].filter(([name]) => /\.m?js$/.test(name))
  return {
    name: '@autogpt/signin',
    version,
    files: Object.fromEntries(
      scripts.map(([name, { integrity, bytes }]) => [
        name,
        { url: `${issuer}/widget/${version}/${name}`, integrity, bytes: bytes.length },
      ]),
    ),
  }
}
