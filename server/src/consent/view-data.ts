import type { Locale } from '#web/locale.ts'
import { type Question, wholeOf } from './checks.ts'
import type { ConsentPage } from './consent-page.ts'

/** The scope table as this feature needs it. */
export interface ScopeCatalog {
  isIdentity(scope: string): boolean
  needsNoRegistration(scope: string): boolean
  groups: readonly string[]
  /** Facts of a platform scope and its sentence for people; undefined for an unknown name. */
  describe(scope: string, locale: Locale): ScopeFacts | undefined
}

interface ScopeFacts {
  group: string
  sentence: string
  sensitivity: 'normal' | 'spends' | 'deletes'
  legacy: boolean
}

/** The client as a person meets it. */
export interface Asker {
  name: string
  description: string
  logoUrl: string | null
  website: string | null
  privacyUrl: string | null
  termsUrl: string | null
  approvedAt: Date | null
}

interface Facts {
  pending: { client: Asker; redirectUri: string; uid: string }
  publisher: string | null
  account: { email: string; name: string }
  question: Question
  granted: string[]
  locale: Locale
  action: string
  csrf: string
}

/** Everything the consent page shows, from what we know. */
export function consentView(facts: Facts, catalog: ScopeCatalog): ConsentPage {
  const { pending, account, question, locale, action, csrf } = facts
  const { client } = pending
  return {
    locale,
    csrf,
    action,
    switchAction: `/auth/interaction/${pending.uid}/use-another-account`,
    client: {
      name: client.name,
      description: client.description,
      logoUrl: client.logoUrl,
      publisher: facts.publisher,
      website: client.website,
      privacyUrl: client.privacyUrl,
      termsUrl: client.termsUrl,
      approved: client.approvedAt !== null,
      redirectHost: destination(pending.redirectUri),
    },
    account: { email: account.email, name: account.name },
    identity: question.identity.length > 0,
    whole: wholeOf(question),
    groups: groupsOf(question, locale, catalog),
    alreadyGranted: facts.granted.filter((scope) => !catalog.isIdentity(scope)).length,
  }
}

function groupsOf({ required, optional }: Question, locale: Locale, catalog: ScopeCatalog) {
  const lines = [...required, ...optional].flatMap((name) => {
    const facts = catalog.describe(name, locale)
    return facts ? [{ name, ...facts, optional: optional.includes(name) }] : []
  })
  return catalog.groups
    .map((group) => lines.filter((line) => line.group === group).sort(byWeight))
    .filter((scopes) => scopes.length > 0)
    .sort(([one], [other]) => byWeight(one, other))
    .map((scopes) => ({ group: scopes[0]?.group ?? '', scopes }))
}

/** What spends or deletes comes first: the answer must not be in sight where that is not. */
const byWeight = (one?: Pick<ScopeFacts, 'sensitivity'>, other?: Pick<ScopeFacts, 'sensitivity'>) =>
  Number(other?.sensitivity !== 'normal') - Number(one?.sensitivity !== 'normal')

/** Where the answer goes: the host as the address bar would show it, or the app's own scheme. */
function destination(redirectUri: string): string {
  const { protocol, host } = new URL(redirectUri)
  if (protocol !== 'https:' && protocol !== 'http:') return `${protocol}//`
  // URL gives punycode, in which look-alike letters stay visible (A9).
  return host
}
