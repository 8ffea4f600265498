import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { allowedOrigins } from './allowed-origins.ts'

/** What a request brings along from the assertion endpoint (fedcm/binding.ts). */
export interface BindingReader {
  read(sent: string): Promise<
    | {
        clientId: string
        redirectUri: string
        codeChallenge: string
        origin: string
        accountId: string
      }
    | undefined
  >
}

export const bindingParam = 'fedcm_binding'

/** Never redirected: who would read it is not whom it is about. */
export class AnotherDialog extends errors.InvalidRequest {
  override allow_redirect = false

  constructor() {
    super('response_mode=fedcm is for the window of a dialog that asked for this very request')
  }
}

/**
 * The browser hands an answer of response_mode=fedcm to whichever page opened the dialog, whatever
 * request its window was led to. So nothing is asked or answered unless the request is the one that
 * this page's app made, in its own dialog, for the person who is signed in (RFC 9700 4.17).
 */
export function fedcmAnswers(binding: BindingReader) {
  async function boundAccount({ oidc }: KoaContextWithOIDC): Promise<string | undefined> {
    const params = oidc.params ?? {}
    const bound = await binding.read(String(params[bindingParam] ?? ''))
    const fits =
      bound !== undefined &&
      bound.clientId === params.client_id &&
      bound.redirectUri === params.redirect_uri &&
      bound.codeChallenge === params.code_challenge &&
      oidc.client !== undefined &&
      allowedOrigins(oidc.client).includes(bound.origin)
    return fits ? bound.accountId : undefined
  }
  const isRequest = async (ctx: KoaContextWithOIDC) => (await boundAccount(ctx)) !== undefined
  const isPerson = async (ctx: KoaContextWithOIDC) => {
    const accountId = await boundAccount(ctx)
    return accountId !== undefined && accountId === ctx.oidc.session?.accountId
  }

  return {
    isRequest,
    isPerson,
    /** At the beginning: somebody else may be signed in still, or nobody. */
    requireRequest: async (ctx: KoaContextWithOIDC): Promise<void> => {
      if (isFedcm(ctx) && !(await isRequest(ctx))) throw new AnotherDialog()
    },
    /** After every sign-in, before anything is asked. */
    requirePerson: async (ctx: KoaContextWithOIDC): Promise<void> => {
      if (isFedcm(ctx) && !(await isPerson(ctx))) throw new AnotherDialog()
    },
  }
}

export type FedcmAnswers = ReturnType<typeof fedcmAnswers>

const isFedcm = ({ oidc }: KoaContextWithOIDC) => oidc.params?.response_mode === 'fedcm'
