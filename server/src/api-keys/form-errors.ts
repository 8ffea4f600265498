import type { Locale } from '#web/locale.ts'
import { type FieldError, Problem } from '#web/problem.ts'
import { isAddress } from './schemas.ts'
import { addressesOf } from './sent-forms.ts'

/**
 * A refusal of the API's rules in the reader's language, by the names of the form's fields; anything
 * else goes on as it is.
 */
export function formErrors(
  error: unknown,
  { locale, sent }: { locale: Locale; sent: URLSearchParams },
): FieldError[] {
  if (!(error instanceof Problem)) throw error
  const { refused } = locale.messages.account.keys
  if (error.status === 409) {
    const message = Object.hasOwn(refused.keys, error.slug) ? refused.keys[error.slug] : undefined
    return [{ field: '', message: message ?? error.message }]
  }
  if (!error.errors) throw error
  const words: Record<string, FieldError> = {
    name: { field: 'name', message: refused.name },
    scopes: { field: 'scope', message: sent.has('scope') ? refused.wider : refused.noScope },
    expires_in_days: { field: 'expires_in_days', message: refused.days },
    allowed_addresses: { field: 'allowed_addresses', message: addressWords(refused, sent) },
  }
  return error.errors.map((one) => words[one.field] ?? one)
}

type Refused = Locale['messages']['account']['keys']['refused']

function addressWords({ address, addresses }: Refused, sent: URLSearchParams): string {
  const wrong = addressesOf(sent.get('allowed_addresses') ?? '').find((text) => !isAddress(text))
  return wrong === undefined ? addresses : address(wrong.slice(0, 64))
}
