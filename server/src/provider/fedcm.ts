import type { KoaContextWithOIDC, Provider } from 'oidc-provider'

/** What a code of FedCM is bound to; see fedcm/assertion.ts, which has checked all of it. */
export interface FedcmCode {
  clientId: string
  accountId: string
  grantId: string
  scope: string
  redirectUri: string
  codeChallenge: string
  nonce: string | undefined
  authTime: number
}

/** A code as the authorization endpoint makes them, without its request. */
export function codeIssuer(provider: Provider) {
  return async ({ clientId, codeChallenge, ...rest }: FedcmCode): Promise<string> => {
    const client = await provider.Client.find(clientId)
    if (!client) throw new Error('the client is gone')
    const code = new provider.AuthorizationCode({
      ...rest,
      client,
      codeChallenge,
      codeChallengeMethod: 'S256',
      amr: ['pwd'],
    } as never)
    return code.save()
  }
}

/** response_mode=fedcm: the answer goes to the browser's dialog, in the window that it opened. */
export function answerByFedcm(
  provider: Provider,
  page: (ctx: KoaContextWithOIDC, answer: object) => string,
): void {
  provider.registerResponseMode('fedcm', (ctx, _redirectUri, answer) => {
    ctx.type = 'html'
    // The page says which script it runs.
    ctx.state.hasOwnPolicy = true
    ctx.body = page(ctx, answer)
  })
}
