import type { Context, Middleware } from 'koa'
import { routes } from './provider/routes.ts'

interface ForgettingParts {
  /** This node's memory of credentials. */
  forget(): void
  /** Has the other nodes forget, soon. */
  tellOthers(): void
}

/**
 * Any request may take something away (a token, a scope, an app, a key, a person), unless it is known
 * to take nothing. So the node forgets before the answer leaves: whoever reads "revoked" finds it so.
 */
export function forgetting({ forget, tellOthers }: ForgettingParts): Middleware {
  return async (ctx, next) => {
    if (onlyReads(ctx)) return next()
    try {
      await next()
    } finally {
      // The library has answered by now, but nothing that comes next has been read yet.
      if (!hasIssued(ctx)) {
        forget()
        tellOthers()
      }
    }
  }
}

const onlyReads = ({ method, path }: Context) =>
  /^(GET|HEAD|OPTIONS)$/.test(method) ||
  path.startsWith('/external-api/') ||
  path === routes.introspection

/** A token request takes nothing away where it succeeds; a replay ends a family and is refused. */
const hasIssued = ({ path, res }: Context) => path === routes.token && res.statusCode === 200
