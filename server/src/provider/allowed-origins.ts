/** The origins that a client registered; the library's types do not show our metadata. */
export const allowedOrigins = (client: object): string[] =>
  (client as { allowed_origins?: string[] }).allowed_origins ?? []
