import { finishRedirect } from './core/callback.ts'
import type { SignInOptions, SignInResult } from './core/types.ts'

// An answer belongs to whichever element of its app is on the page when it is there: frameworks
// mount twice, and the element that began to wait may be gone by then.
const answers = new Map<string, Promise<SignInResult | undefined>>()

/**
 * What a redirect brought to this page, for one element of it alone. Calls onWait where there is
 * something and it takes a while; what it comes to may be another element's then.
 */
export async function returnedTo(
  element: Element,
  options: SignInOptions,
  onWait: () => void,
): Promise<SignInResult | undefined> {
  const { clientId } = options
  const answer = answers.get(clientId) ?? finishRedirect(options)
  answers.set(clientId, answer)
  const isOurs = () => element.isConnected && answers.get(clientId) === answer
  const take = () => answers.set(clientId, Promise.resolve(undefined))
  try {
    if (await Promise.race([answer, true])) onWait()
    const result = await answer
    return result && isOurs() && take() ? result : undefined
  } catch (error) {
    if (isOurs() && take()) throw error
    return undefined
  }
}
