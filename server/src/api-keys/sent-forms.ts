import { Problem } from '#web/problem.ts'
import { parse } from '#web/wire.ts'
import type { ApiKeyChanges, Keeper } from './keys.ts'
import type { apiKeySchemas } from './schemas.ts'

interface Act {
  id: string
  action: string
  sent: URLSearchParams
}

type Schemas = ReturnType<typeof apiKeySchemas>

/** What a button of a key's form says; a new key in the place of the old one, if that is it. */
export async function act(
  apiKeys: ApiKeyChanges,
  keeper: Keeper,
  { id, action, sent }: Act,
  schema: Schemas['apiKeyChange'],
) {
  const change = (body: object) => apiKeys.change(keeper, id, parse(schema, body))
  if (action === 'rotate') return apiKeys.rotate(keeper, id)
  if (action === 'revoke') await apiKeys.revoke(keeper, id)
  else if (action === 'suspend') await change({ is_active: false })
  else if (action === 'resume') await change({ is_active: true })
  else if (action === 'save') await change(changeOf(sent))
  else throw new Problem(400, 'no-action', 'Say what to do: action is save, suspend, …')
  return undefined
}

/** The form's words as the API's: what is left empty was not given. */
export function wishOf(sent: URLSearchParams) {
  const days = sent.get('expires_in_days')
  return {
    name: sent.get('name') ?? '',
    scopes: sent.getAll('scope'),
    ...(days && { expires_in_days: Number(days) }),
    allowed_addresses: addressesOf(sent.get('allowed_addresses') ?? ''),
  }
}

/** Here empty is a wish: from anywhere. */
function changeOf(sent: URLSearchParams) {
  const addresses = sent.get('allowed_addresses')
  return {
    name: sent.get('name') ?? '',
    scopes: sent.getAll('scope'),
    ...(addresses !== null && { allowed_addresses: addressesOf(addresses) }),
  }
}

export const addressesOf = (text: string) => text.split(/[\s,]+/).filter(Boolean)
