import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalText,
  divideDecimal,
  parseDecimal,
  trimDecimal,
} from './decimal.ts'

/** What the status line says about the selected values. Sums are exact; `≈` marks an average that is rounded. */
export interface SelectionSummary {
  /** Cells that are not NULL. */
  readonly count: number
  readonly numbers?: {
    readonly sum: string
    readonly average: string
    readonly min: string
    readonly max: string
    /** NaN, infinities and the like, which are left out. */
    readonly leftOut: number
  }
}

/** Collects values one by one, so that no copy of the selection is made. */
export class SelectionSummarizer {
  #count = 0
  #numbers = 0
  #leftOut = 0
  #sum: Decimal = { unscaled: 0n, scale: 0 }
  #min: Decimal | undefined
  #max: Decimal | undefined

  add(text: string | null, isNumber: boolean): void {
    if (text === null) return
    this.#count++
    if (!isNumber) return
    const number = parseDecimal(text)
    if (number === null) {
      this.#leftOut++
      return
    }
    this.#numbers++
    this.#sum = addDecimals(this.#sum, number)
    if (this.#min === undefined || compareDecimals(number, this.#min) < 0) this.#min = number
    if (this.#max === undefined || compareDecimals(number, this.#max) > 0) this.#max = number
  }

  finish(): SelectionSummary {
    if (this.#min === undefined || this.#max === undefined) return { count: this.#count }
    const average = divideDecimal(this.#sum, this.#numbers)
    return {
      count: this.#count,
      numbers: {
        sum: shortText(this.#sum),
        average: `${average.isExact ? '' : '≈ '}${shortText(trimDecimal(average.quotient))}`,
        min: shortText(this.#min),
        max: shortText(this.#max),
        leftOut: this.#leftOut,
      },
    }
  }
}

/** Very long numbers in powers of ten, marked as rounded, so that the status line stays a line. */
function shortText(number: Decimal): string {
  const text = decimalText(trimDecimal(number))
  if (text.length <= 40) return text
  const negative = number.unscaled < 0n
  const digits = (negative ? -number.unscaled : number.unscaled).toString()
  const exponent = digits.length - 1 - number.scale
  return `≈ ${negative ? '-' : ''}${digits[0]}.${digits.slice(1, 12)}e${exponent}`
}
