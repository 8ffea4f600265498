import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { FedcmAnswers } from './fedcm-answers.ts'

const { base, Check } = interactionPolicy

/**
 * When a person must be asked: login as the library has it; consent when a scope is asked for that
 * is not granted yet, and never twice for one request.
 */
export function promptPolicy(
  requirePerson: FedcmAnswers['requirePerson'],
): interactionPolicy.DefaultPolicy {
  const prompts = base()
  const consent = prompts.get('consent')
  if (!consent) throw new Error('oidc-provider has no consent prompt')
  // It would ask a native app's users at every sign-in; what is granted stays granted.
  consent.checks.remove('native_client_prompt')
  // It would loop: a scope that was unticked counts as never asked.
  consent.checks.remove('op_scopes_missing')
  consent.checks.add(
    new Check(
      'scopes_missing',
      'requested scopes are not granted',
      'consent_required',
      (ctx) => !ctx.oidc.result?.consent && missingScopes(ctx).length > 0,
      (ctx) => ({ missingScopes: missingScopes(ctx) }),
    ),
  )
  // Not a question but a refusal; here, because the person is known now and nothing was asked yet.
  consent.checks.add(
    new Check('fedcm_person', 'the dialog is about another', 'access_denied', async (ctx) => {
      await requirePerson(ctx)
      return false
    }),
  )
  return prompts
}

/** Asked for and not granted. */
function missingScopes(ctx: KoaContextWithOIDC): string[] {
  const granted = new Set((ctx.oidc.grant?.getOIDCScope() ?? '').split(' '))
  return [...ctx.oidc.requestParamOIDCScopes].filter((scope) => !granted.has(scope))
}
