import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Provider } from 'oidc-provider'
import type { Passwords } from '../../server/src/login/passwords.ts'

export interface SignInParts {
  provider: Provider
  passwords: Passwords
  /** The account and its password's hash. */
  findByEmail(email: string): { id: string; passwordHash: string } | undefined
}

/** The least that a sign-in can be: two forms, one password, one yes. */
export async function answerInteraction(
  req: IncomingMessage,
  res: ServerResponse,
  parts: SignInParts,
): Promise<void> {
  const { prompt } = await parts.provider.interactionDetails(req, res)
  if (req.method === 'GET') return showForm(res, `${req.url}`, prompt.name)
  const form = new URLSearchParams(await text(req))
  if (prompt.name === 'login') return signIn(req, res, { ...parts, form })
  return consent(req, res, parts.provider)
}

function showForm(res: ServerResponse, action: string, prompt: string): void {
  const fields =
    prompt === 'login'
      ? '<input name="email"><input name="password" type="password">'
      : '<button name="decision" value="approve">Allow</button>'
  res.setHeader('content-type', 'text/html')
  res.end(`<!doctype html><form method="post" action="${action}">${fields}</form>`)
}

async function signIn(
  req: IncomingMessage,
  res: ServerResponse,
  parts: SignInParts & { form: URLSearchParams },
): Promise<void> {
  const account = parts.findByEmail(parts.form.get('email') ?? '')
  const right = await parts.passwords.verify(
    account?.passwordHash,
    parts.form.get('password') ?? '',
  )
  if (!account || !right) {
    res.statusCode = 400
    res.end('wrong')
    return
  }
  const login = { accountId: account.id, amr: ['pwd'] }
  await parts.provider.interactionFinished(req, res, { login })
}

async function consent(
  req: IncomingMessage,
  res: ServerResponse,
  provider: Provider,
): Promise<void> {
  const { session, params, grantId: known } = await provider.interactionDetails(req, res)
  const accountId = session?.accountId
  if (!accountId) throw new Error('nobody is signed in')
  const grant =
    (known && (await provider.Grant.find(known))) ||
    new provider.Grant({ accountId, clientId: String(params.client_id) })
  grant.addOIDCScope(String(params.scope))
  const grantId = await grant.save()
  const options = { mergeWithLastSubmission: true }
  await provider.interactionFinished(req, res, { consent: { grantId } }, options)
}
