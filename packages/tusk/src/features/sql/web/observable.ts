/** A value and those who want to know when it changes. */
export class Observable<Value> {
  #value: Value
  readonly #listeners = new Set<(value: Value) => void>()

  constructor(value: Value) {
    this.#value = value
  }

  get value(): Value {
    return this.#value
  }

  set value(value: Value) {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const listener of [...this.#listeners]) listener(value)
  }

  /** Calls `listener` now and after each change; returns the function that stops it. */
  watch(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener)
    listener(this.#value)
    return () => void this.#listeners.delete(listener)
  }

  /** Calls `listener` after each change only. */
  onChange(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
