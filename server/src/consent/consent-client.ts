import { type Html, html } from '#web/html.ts'
import type { Messages } from '#web/locale.ts'
import { plainText } from '#web/plain-text.ts'

export interface ConsentClient {
  name: string
  logoUrl: string | null
  description?: string
  publisher?: string | null
  website?: string | null
  privacyUrl: string | null
  termsUrl: string | null
  approved: boolean
  /** Where the answer goes, look-alike letters as punycode (A9). */
  redirectHost: string
}

type Words = Messages['consent']

/** Who asks: logo, name, publisher, and where the answer will go. */
export function clientHeader(client: ConsentClient, asks: string, words: Words): Html {
  const { redirectHost } = client
  const [name, publisher, description] = [client.name, client.publisher, client.description].map(
    (text) => plainText(text ?? ''),
  )
  // Names come from strangers: bdi keeps their writing direction from turning our words around.
  return html`<header class="client">
${logo(client)}
<h1><bdi>${name}</bdi> <span>${asks}</span></h1>
<p class="publisher">${publisher ? html`${words.by} <bdi>${publisher}</bdi>` : words.publisherUnknown}${website(client, words)}</p>
${description && html`<p class="description"><bdi>${description}</bdi></p>`}
<p class="destination"><span>${words.sendsYouTo}</span> <strong><bdi>${redirectHost}</bdi></strong></p>
</header>`
}

/** The client's own terms and privacy policy, or that it has none. */
export function policyLinks({ termsUrl, privacyUrl }: ConsentClient, words: Words): Html {
  const links = [
    externalLink(termsUrl, words.terms, words),
    externalLink(privacyUrl, words.privacy, words),
  ].filter((link) => link !== '')
  if (links.length === 0) return html`<p>${words.noPolicies}</p>`
  return html`<p>${words.policies}: ${links.map((link, at) => (at === 0 ? link : html`, ${link}`))}</p>`
}

const website = ({ website }: ConsentClient, words: Words) => {
  const link = externalLink(website, words.website, words)
  return link && html` · ${link}`
}

// A new tab, so that reading does not lose the request.
const externalLink = (url: string | null | undefined, label: string, words: Words) => {
  if (!url || !/^https?:\/\//i.test(url)) return ''
  return html`<a href="${url}" target="_blank" rel="noopener noreferrer">${label}<span class="visually-hidden"> (${words.newTab})</span></a>`
}

// The box has the size: a logo that loads late moves nothing, one that fails leaves it plain.
const logo = ({ logoUrl, name }: ConsentClient) =>
  logoUrl?.startsWith('https://')
    ? html`<span class="app-logo"><img src="${logoUrl}" alt=""></span>`
    : html`<span class="app-logo" aria-hidden="true">${initials(name)}</span>`

const initials = (name: string) =>
  plainText(name)
    .split(/(?:\s|(?!['’])\p{P})+/u)
    .flatMap((word) => [...new Intl.Segmenter().segment(word)].slice(0, 1))
    .map(({ segment }) => segment.toUpperCase())
    .slice(0, 2)
    .join('')
