import type { Provider } from 'oidc-provider'

/** What a presented access token may do now, whoever presents it. */
export function credentialFinder(provider: Provider) {
  return async (token: string) => {
    const found =
      (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token))
    const client = found && (await provider.Client.find(found.clientId ?? ''))
    if (!found || !client) return undefined
    return {
      accountId: 'accountId' in found ? found.accountId : undefined,
      scopes: (found.scope ?? '').split(' ').filter(Boolean),
      allowedOrigins: (client.allowed_origins as string[] | undefined) ?? [],
    }
  }
}
