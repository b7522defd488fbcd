/** Something in a statement that loses more than one would lose by accident. */
export interface Danger {
  readonly kind: 'update' | 'delete' | 'truncate' | 'drop'
  /** What will happen, as a sentence that names it: `Every row of public.orders is deleted: there is no WHERE.` */
  readonly what: string
}
