/**
 * The bytes of disk that the rows of one result may take, given out in parts by the store, from what all results may take together.
 * Whoever writes asks before the rows outgrow what is granted, so that results stored at the same time never pass the quota.
 */
export interface StoringRoom {
  /** So many in all, as granted so far. */
  readonly granted: number
  /**
   * Asks for `wanted` in all. Resolves with what is granted then: more than `wanted` where there is plenty, less only when the quota has
   * no more, also after a sweep. One question at a time. The store never rejects it.
   */
  grant(wanted: number): Promise<number>
}
