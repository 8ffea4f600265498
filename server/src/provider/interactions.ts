import type { Context } from 'koa'
import type { InteractionResults, Provider } from 'oidc-provider'
import { type Client, findClientByClientId } from '#db/clients.ts'
import type { Db } from '#db/database.ts'
import { allowFormAction } from '#web/headers.ts'
import { Problem } from '#web/problem.ts'
import type { Sessions } from './sessions.ts'

/** An authorization request that waits for a person. */
export interface PendingRequest {
  uid: string
  prompt: 'login' | 'consent'
  client: Client
  clientId: string
  clientName: string
  redirectUri: string
  /** As asked for, unknown names already refused. */
  scopes: string[]
  /** The app asks to be asked again (prompt=consent). */
  askAgain: boolean
  loginHint?: string
  uiLocales?: string
  /** Who the request was made for; who is signed in now may be another. */
  askedAccountId?: string
  /** Who is signed in now. */
  accountId?: string
  /** The same request from its beginning. */
  restartUrl: string
}

export interface Interactions {
  /** The request of this address and browser; Problem request-expired when there is none. */
  find(ctx: Context): Promise<PendingRequest>
  /** Where to go on (303) after a person signed in; another person's session is ended first. */
  finishLogin(ctx: Context, accountId: string): Promise<string>
  finishConsent(ctx: Context, grantId: string): Promise<string>
  deny(ctx: Context): Promise<string>
}

export function createInteractions({ provider, db, sessions }: InteractionParts): Interactions {
  const details = (ctx: Context) => pending(provider, ctx)
  const finish = async (ctx: Context, result: InteractionResults, keep: boolean) => {
    const options = { mergeWithLastSubmission: keep }
    const returnTo = new URL(await provider.interactionResult(ctx.req, ctx.res, result, options))
    // Without the origin: on a loopback issuer the cookies are those of the host that was asked.
    return returnTo.pathname + returnTo.search
  }

  return {
    async find(ctx) {
      const interaction = await details(ctx)
      const client = await findClientByClientId(db, String(interaction.params.client_id))
      if (!client || client.disabledAt) throw expired()
      const redirectUri = String(interaction.params.redirect_uri)
      allowFormAction(ctx, redirectUri)
      return {
        ...requestOf(interaction),
        client,
        clientName: client.name,
        redirectUri,
        ...optional('accountId', await sessions.accountId(ctx)),
      }
    },

    async finishLogin(ctx, accountId) {
      const interaction = await details(ctx)
      const before = await sessions.accountId(ctx)
      // Now and not when the browser comes back: until then nothing could end it (overrides.ts).
      await sessions.signIn(ctx, accountId)
      if (interaction.session && before !== accountId) {
        // The library resumes only in the session it began with, which is over now.
        delete (interaction as { session?: unknown }).session
        await interaction.save(interaction.exp - Math.floor(Date.now() / 1000))
      }
      return finish(ctx, { login: { accountId, amr: ['pwd'] } }, false)
    },

    finishConsent: (ctx, grantId) => finish(ctx, { consent: { grantId } }, true),

    deny: (ctx) =>
      finish(ctx, { error: 'access_denied', error_description: 'the person said no' }, false),
  }
}

interface InteractionParts {
  provider: Provider
  db: Db
  sessions: Sessions
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

function requestOf(interaction: Interaction) {
  const { params, prompt, uid, session } = interaction
  const prompts = String(params.prompt ?? '').split(' ')
  return {
    uid,
    prompt: prompt.name as 'login' | 'consent',
    clientId: String(params.client_id),
    scopes: String(params.scope ?? '')
      .split(' ')
      .filter(Boolean),
    askAgain: prompts.includes('consent'),
    ...optional('loginHint', params.login_hint as string | undefined),
    ...optional('uiLocales', params.ui_locales as string | undefined),
    ...optional('askedAccountId', session?.accountId),
    restartUrl: `/auth/authorize?${new URLSearchParams(params as Record<string, string>)}`,
  }
}

async function pending(provider: Provider, ctx: Context): Promise<Interaction> {
  // Not interactionDetails: it refuses when another person signed in meanwhile, and we want to
  // begin again for that person instead.
  const { cookies } = provider.createContext(ctx.req, ctx.res)
  const uid = cookies.get(provider.cookieName('interaction'), { signed: true })
  // The cookie's path holds it to its address; a copied one must not work elsewhere (A90).
  const interaction =
    uid === ctx.params.uid ? await provider.Interaction.find(String(uid)) : undefined
  if (!interaction) throw expired()
  return interaction
}

const expired = () =>
  new Problem(400, 'request-expired', 'This sign-in has expired or was already finished.')

function optional<Key extends string, Value>(key: Key, value: Value | undefined) {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value }
}
