export interface Other {
  /** With its version. */
  packages: string[]
  title: string
  /** What a page imports; or a file that is published ready to load. */
  from: { import: string } | { file: string }
  /** Which the page has anyway. */
  external?: string[]
}

/** What else signs people in from a page, with what it takes to load it. */
export const others: Other[] = [
  {
    title: '@react-oauth/google: a wrapper, loads more from Google',
    packages: ['@react-oauth/google@0.13.5'],
    from: { import: '@react-oauth/google' },
    external: ['react', 'react-dom', 'react/jsx-runtime'],
  },
  {
    title: '@openauthjs/openauth client: no UI',
    packages: ['@openauthjs/openauth@0.4.3', 'arctic@2.2.2', 'hono@4.13.19'],
    from: { import: '@openauthjs/openauth/client' },
  },
  {
    title: 'keycloak-js: no UI',
    packages: ['keycloak-js@26.2.4'],
    from: { import: 'keycloak-js' },
  },
  {
    title: '@auth0/auth0-spa-js: no UI',
    packages: ['@auth0/auth0-spa-js@2.1.3'],
    from: { import: '@auth0/auth0-spa-js' },
  },
  {
    title: '@logto/browser: no UI',
    packages: ['@logto/browser@3.0.14'],
    from: { import: '@logto/browser' },
  },
  {
    title: 'oidc-client-ts: no UI',
    packages: ['oidc-client-ts@3.5.0'],
    from: { import: 'oidc-client-ts' },
  },
  {
    title: '@teamhanko/hanko-elements',
    packages: ['@teamhanko/hanko-elements@2.7.0'],
    from: { import: '@teamhanko/hanko-elements' },
  },
  {
    title: '@clerk/clerk-js: the loader, its UI comes on top',
    packages: ['@clerk/clerk-js@6.40.0'],
    from: { file: '@clerk/clerk-js/dist/clerk.browser.js' },
  },
  {
    title: 'auth0-lock',
    packages: ['auth0-lock@14.3.0'],
    from: { import: 'auth0-lock' },
  },
  {
    title: '@okta/okta-signin-widget',
    packages: ['@okta/okta-signin-widget@7.49.0'],
    from: { file: '@okta/okta-signin-widget/dist/js/okta-sign-in.min.js' },
  },
]
