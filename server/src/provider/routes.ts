/** The contract's addresses (section 2), by the library's route names. */
export const routes = {
  authorization: '/auth/authorize',
  end_session: '/auth/logout',
  token: '/api/oauth/token',
  introspection: '/api/oauth/introspect',
  revocation: '/api/oauth/revoke',
  userinfo: '/api/oauth/userinfo',
  jwks: '/.well-known/jwks.json',
} as const

export const discoveryPaths = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
] as const

/** Where a person is asked; cookies of a pending request are bound to this path. */
export const interactionPath = (uid: string) => `/auth/interaction/${uid}`
