/** Somebody as another system vouches for them. */
export interface Identity {
  /** Who vouches: the issuer of an OpenID Connect provider, or `proxy`. With `subject` it names one person for good. */
  readonly issuer: string
  readonly subject: string
  /** What they would be called here; not unique, may change there. */
  readonly name: string
  readonly email?: string
  readonly displayName?: string
  /** Names of their groups over there. */
  readonly groups: readonly string[]
}
