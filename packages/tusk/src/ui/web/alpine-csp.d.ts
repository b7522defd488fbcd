declare module '@alpinejs/csp' {
  interface Alpine {
    start(): void
    data(name: string, factory: (...values: never[]) => object): void
  }
  const alpine: Alpine
  export default alpine
}
