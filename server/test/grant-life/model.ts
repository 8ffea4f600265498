/** Lifetimes of the contract (section 3), in seconds; the model is a second reading of it. */
const code = 600
const access = 3600
const refresh = 30 * 86_400
const doubleClick = 2
const retryWindow = 30

interface Family {
  alive: boolean
}

export interface CodeState {
  value: string
  family: Family
  scopes: string[]
  issuedAt: number
  spentAt?: number
}

export interface AccessState {
  value: string
  family: Family
  scopes: string[]
  issuedAt: number
  revoked: boolean
}

export interface RefreshState {
  value: string
  family: Family
  scopes: string[]
  issuedAt: number
  spentAt?: number
  successor?: RefreshState
}

export type Outcome = 'tokens' | 'invalid_grant' | 'invalid_client'

/** One person, one app, and what the contract says of everything that passed between them. */
export class GrantModel {
  now = 0
  appEnabled = true
  personEnabled = true
  /** undefined: nothing was allowed yet, or it was taken back. */
  consent: string[] | undefined
  codes: CodeState[] = []
  accessTokens: AccessState[] = []
  refreshTokens: RefreshState[] = []

  /** What of the scopes still counts: token ∩ consent. */
  allowed(scopes: string[]): string[] {
    return scopes.filter((scope) => this.consent?.includes(scope))
  }

  #lives({ family, scopes }: { family: Family; scopes: string[] }): boolean {
    return family.alive && this.appEnabled && this.personEnabled && this.allowed(scopes).length > 0
  }

  authorized(value: string, scopes: string[]): void {
    this.consent = [...new Set([...(this.consent ?? []), ...scopes])]
    this.codes.push({ value, family: { alive: true }, scopes, issuedAt: this.now })
  }

  /** flawed: by another client, or with another verifier or redirect_uri. */
  exchange(presented: CodeState, flawed: 'foreign' | 'wrong' | undefined): Outcome {
    if (!this.appEnabled && flawed !== 'foreign') return 'invalid_client'
    if (!this.#lives(presented)) return 'invalid_grant'
    const { spentAt } = presented
    if (spentAt !== undefined) {
      const benign = !flawed && this.now - spentAt < doubleClick
      if (!benign) presented.family.alive = false
      return 'invalid_grant'
    }
    if (flawed || this.now - presented.issuedAt >= code) return 'invalid_grant'
    presented.spentAt = this.now
    return 'tokens'
  }

  refresh(presented: RefreshState, foreign: boolean): Outcome {
    if (!this.appEnabled && !foreign) return 'invalid_client'
    if (foreign || !this.#lives(presented)) return 'invalid_grant'
    if (this.now - presented.issuedAt >= refresh) return 'invalid_grant'
    const { spentAt, successor } = presented
    if (spentAt === undefined) presented.spentAt = this.now
    else if (this.now - spentAt >= retryWindow || successor?.spentAt !== undefined) {
      presented.family.alive = false
      return 'invalid_grant'
    }
    return 'tokens'
  }

  /** What the answer gave for a code or refresh token, after its outcome was tokens. */
  issued(
    from: CodeState | RefreshState,
    { access_token: value, refresh_token }: { access_token: string; refresh_token: string },
  ): void {
    const { family } = from
    const issuedAt = this.now
    const scopes = this.allowed(from.scopes)
    this.accessTokens.push({ value, family, scopes, issuedAt, revoked: false })
    const known = this.refreshTokens.find((token) => token.value === refresh_token)
    const next = known ?? { value: refresh_token, family, scopes, issuedAt }
    if (!known) this.refreshTokens.push(next)
    if ('revoked' in from || !this.refreshTokens.includes(from as RefreshState)) return
    ;(from as RefreshState).successor = next
  }

  revokeAccess(token: AccessState): void {
    token.revoked = true
  }

  revokeRefresh(token: RefreshState): void {
    if (this.now - token.issuedAt < refresh) token.family.alive = false
  }

  narrow(scope: string): void {
    const left = this.consent?.filter((name) => name !== scope)
    if (left?.length) this.consent = left
    else this.removed()
  }

  removed(): void {
    this.consent = undefined
    this.endAll()
  }

  endAll(): void {
    for (const { family } of [...this.codes, ...this.refreshTokens]) family.alive = false
  }

  activeAccess(token: AccessState): boolean {
    return this.#lives(token) && !token.revoked && this.now - token.issuedAt < access
  }

  activeRefresh(token: RefreshState): boolean {
    return this.#lives(token) && token.spentAt === undefined && this.now - token.issuedAt < refresh
  }
}
