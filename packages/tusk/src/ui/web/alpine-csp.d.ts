declare module '@alpinejs/csp' {
  /** What a component's methods find at `this`, beside its own members. */
  interface Magics {
    readonly $el: HTMLElement
    readonly $root: HTMLElement
  }
  interface Alpine {
    start(): void
    data<Members extends object, Values extends readonly unknown[]>(
      name: string,
      factory: (...values: Values) => Members & ThisType<Members & Magics>,
    ): void
  }
  const alpine: Alpine
  export default alpine
}
