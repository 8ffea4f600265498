import { documents, type Version } from './documents.ts'

interface Scheme {
  flows?: { authorizationCode: Record<string, unknown> }
}

/** The document as it is given away: with this issuer's addresses, and the scope table's words. */
export function publishedDocument(
  version: Version,
  { issuer, scopes }: { issuer: string; scopes: Record<string, string> },
): object {
  const document = documents[version]
  const { oauth2, ...others } = document.components.securitySchemes as Record<string, Scheme>
  const authorizationCode = {
    authorizationUrl: `${issuer}/auth/authorize`,
    tokenUrl: `${issuer}/api/oauth/token`,
    refreshUrl: `${issuer}/api/oauth/token`,
    scopes,
  }
  return {
    ...document,
    servers: [{ url: `${issuer}/external-api/${version}` }],
    components: {
      ...document.components,
      securitySchemes: { ...others, oauth2: { ...oauth2, flows: { authorizationCode } } },
    },
  }
}
