import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { AnotherDialog, type FedcmAnswers } from './fedcm-answers.ts'

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

/**
 * response_mode=fedcm: the answer goes to the browser's dialog, in the window that it opened. An error
 * comes here before the request was looked at, too, so who is answered is asked here once more.
 */
export function answerByFedcm(
  provider: Provider,
  { answers, page, renderError }: AnswerParts,
): void {
  provider.registerResponseMode('fedcm', async (ctx, _redirectUri, answer) => {
    const isFor = 'error' in answer ? answers.isRequest : answers.isPerson
    if (!(await isFor(ctx))) {
      const error = new AnotherDialog()
      ctx.status = error.statusCode
      const { error: name, error_description } = error
      return renderError(ctx, { error: name, error_description }, error)
    }
    ctx.type = 'html'
    // The page says which script it runs.
    ctx.state.hasOwnPolicy = true
    ctx.body = page(ctx, answer)
  })
}

interface AnswerParts {
  answers: Pick<FedcmAnswers, 'isRequest' | 'isPerson'>
  page(ctx: KoaContextWithOIDC, answer: object): string
  renderError: NonNullable<Configuration['renderError']>
}
