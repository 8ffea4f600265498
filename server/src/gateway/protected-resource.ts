import Router from '@koa/router'
import { cacheable } from '#web/headers.ts'
import type { Version } from './documents.ts'
import { operations } from './operations.ts'

const wellKnown = '/.well-known/oauth-protected-resource'
const mcp = '/external-api/v2/mcp'

/** What the tools of the MCP server may need, one or the other (external-api.md 9). */
const mcpScopes = [
  ...['READ_LIBRARY', 'WRITE_LIBRARY', 'RUN_AGENT', 'READ_RUN', 'WRITE_GRAPH'],
  ...['READ_SCHEDULE', 'WRITE_SCHEDULE', 'READ_FILES', 'WRITE_FILES', 'READ_CREDITS', 'USE_TOOLS'],
]

const scopesOf = (version: Version) => [
  ...new Set(
    operations
      .filter((operation) => operation.version === version)
      .flatMap(({ scopes, conditionalScopes }) => [
        ...scopes,
        ...conditionalScopes.flatMap((condition) => condition.scopes),
      ]),
  ),
]

interface Resource {
  name: string
  docs: string
  needs: readonly string[]
}

/**
 * RFC 9728 3.1: where a client that was refused learns who issues tokens for this API; one resource
 * for each version, one for the MCP server, and the whole.
 */
export function protectedResourceRoutes({
  issuer,
  scopes,
}: {
  issuer: string
  scopes: readonly string[]
}): Router {
  const router = new Router()
  const resources: Record<string, Resource> = {
    '': { name: 'AutoGPT', docs: '/external-api/docs', needs: scopes },
    '/external-api/v1': version('v1'),
    '/external-api/v2': version('v2'),
    [mcp]: { name: 'AutoGPT MCP server', docs: '/external-api/v2/docs', needs: mcpScopes },
  }
  for (const [path, { name, docs, needs }] of Object.entries(resources)) {
    router.get(wellKnown + path, (ctx) => {
      cacheable(ctx, 'public, max-age=300')
      ctx.set('Access-Control-Allow-Origin', '*')
      ctx.body = {
        // RFC 9728 3.3: what was asked for, to the letter; some write the last slash.
        resource: issuer + ctx.path.slice(wellKnown.length),
        resource_name: name,
        resource_documentation: issuer + docs,
        authorization_servers: [issuer],
        scopes_supported: scopes.filter((scope) => needs.includes(scope)),
        bearer_methods_supported: ['header'],
      }
    })
  }
  return router
}

const version = (name: Version): Resource => ({
  name: `AutoGPT External API ${name}`,
  docs: `/external-api/${name}/docs`,
  needs: scopesOf(name),
})

/** RFC 9728 5.1: the address of the metadata, as a refusal at this path names it. */
export function resourceMetadataUrl(issuer: string, path: string): string {
  const [resource] = new RegExp(`^(${mcp}(?=/|$)|/external-api/v[12](?=/|$))`).exec(path) ?? ['']
  return issuer + wellKnown + resource
}
