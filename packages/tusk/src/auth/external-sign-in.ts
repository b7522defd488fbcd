import { TuskError } from '../errors.ts'
import type { Actor } from './actor.ts'
import type { Audit } from './audit.ts'
import type { Groups } from './groups.ts'
import type { Identity } from './identity.ts'
import type { People, Person } from './people.ts'

export interface AdmitOptions {
  /** Make an account for whoever is new. */
  readonly create: boolean
  readonly address: string
  /** Whether a refusal is on record already. */
  readonly isOnRecord?: () => boolean
}

/**
 * Lets in people for whom another system vouches. Nobody becomes an administrator by what it says, and nobody is joined to an account that is
 * here already: that is an administrator's doing (`tusk users link`).
 */
export class ExternalSignIn {
  readonly #people: People
  readonly #groups: Groups
  readonly #audit: Audit

  constructor({ people, groups, audit }: { readonly people: People; readonly groups: Groups; readonly audit: Audit }) {
    this.#people = people
    this.#groups = groups
    this.#audit = audit
  }

  /**
   * The person with this issuer and subject, in the groups whose claim is among the groups over there and in no other that has a claim.
   * NOT_AUTHENTICATED, on record, for who is disabled, or new where nobody is made, or has the name of somebody else here.
   */
  admit(identity: Identity, options: AdmitOptions): Person {
    const { issuer, subject } = identity
    return this.#let(identity, this.#people.byExternal(issuer, subject), options)
  }

  /** The same for a proxy, which names people of this Tusk by their names here. */
  admitNamed(identity: Identity, options: AdmitOptions): Person {
    return this.#let(
      identity,
      this.#people.byName(identity.name) ?? this.#people.byExternal(identity.issuer, identity.subject),
      options,
    )
  }

  #let(identity: Identity, known: Person | undefined, options: AdmitOptions): Person {
    const { create, address, isOnRecord = () => false } = options
    const { issuer, subject } = identity
    const refuse = (message: string, hint: string): TuskError => {
      if (!isOnRecord())
        this.#audit.add(
          { name: identity.name, address },
          { action: 'login', outcome: 'refused', details: { by: issuer, subject, why: message } },
        )
      return new TuskError('NOT_AUTHENTICATED', message, { detail: `You come as “${subject}” by ${issuer}.`, hint })
    }
    if (known?.active === false) throw refuse('Your account is disabled.', 'Ask an administrator of this Tusk.')
    if (known === undefined && !create)
      throw refuse('You have no account here.', 'Ask an administrator of this Tusk for one, and show them this.')
    const voucher = voucherActor(issuer, address)
    const wanted = this.#groups
      .list()
      .flatMap(({ id, claim }) => (claim !== undefined && identity.groups.includes(claim) ? [id] : []))
    if (known === undefined) {
      const name = nameFrom(identity.name)
      if (name === '') throw refuse('Your name over there cannot be one here.', 'Ask an administrator of this Tusk.')
      if (this.#people.byName(name) !== undefined)
        throw refuse(
          `There is somebody else with the name “${name}” here.`,
          `If that is you, an administrator can link the two: tusk users link ${name} --issuer ${issuer} --subject ${subject}`,
        )
      return this.#people.create(voucher, {
        name,
        ...(identity.email === undefined ? {} : { email: identity.email }),
        ...(identity.displayName === undefined ? {} : { displayName: identity.displayName }),
        external: { issuer, subject },
        groups: wanted,
      })
    }
    return this.#people.takeClaimedGroups(voucher, known.id, wanted)
  }
}

/** Who makes the changes that follow from what another system says. */
function voucherActor(issuer: string, address: string): Actor {
  return {
    id: 'external',
    name: issuer,
    can: () => true,
    signedIn: {
      via: 'session',
      id: '',
      administrator: true,
      groups: [],
      limits: {},
      fileRoots: [],
      mustChangePassword: false,
      address,
    },
  }
}

/** A name that can be one here: what cannot be in it becomes a dot. */
function nameFrom(text: string): string {
  const name = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._@+-]+/gu, '.')
    .replace(/^[^\p{L}\p{N}]+/u, '')
  return [...name].slice(0, 64).join('')
}
