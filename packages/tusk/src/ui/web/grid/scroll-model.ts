/** Browsers stop an element at some 33 million pixels and get slow before: the scrolled element is never taller than this. */
const maxSpacerHeight = 8_000_000
/** Near both ends the thumb and the rows move alike, so that the first and last pages can be reached pixel by pixel. */
const edge = 20_000

/**
 * Maps the scroll position of a spacer of bounded height to a virtual offset in content of any height. Small steps (wheel, touch,
 * keys) move the content by exactly as many pixels; long ones (the thumb) move it in proportion. Up to 8 million pixels
 * both are the same.
 */
export class ScrollModel {
  #contentHeight = 0
  #viewportHeight = 0
  #offset = 0
  #lastScrollTop = 0

  /** Virtual pixels above the viewport. */
  get offset(): number {
    return this.#offset
  }

  get maxOffset(): number {
    return Math.max(0, this.#contentHeight - this.#viewportHeight)
  }

  /** Height for the spacer, viewport included. */
  get spacerHeight(): number {
    return Math.min(this.#contentHeight, Math.max(maxSpacerHeight, this.#viewportHeight))
  }

  get #maxScrollTop(): number {
    return Math.max(0, this.spacerHeight - this.#viewportHeight)
  }

  resize(contentHeight: number, viewportHeight: number): void {
    this.#contentHeight = contentHeight
    this.#viewportHeight = viewportHeight
    this.#offset = Math.min(this.#offset, this.maxOffset)
  }

  /** The element was scrolled, by the person or by `align`. */
  scrolled(scrollTop: number): void {
    const step = scrollTop - this.#lastScrollTop
    this.#lastScrollTop = scrollTop
    if (step === 0) return
    const isScaled = this.#contentHeight > this.spacerHeight
    const isSmallStep = isScaled && Math.abs(step) < 4 * this.#viewportHeight
    this.#offset = this.#clamp(Math.round(isSmallStep ? this.#offset + step : this.#toOffset(scrollTop)))
  }

  moveTo(offset: number): void {
    this.#offset = this.#clamp(Math.round(offset))
  }

  /**
   * The scroll position that belongs to the offset. Whoever sets it tells `aligned` what the element made of it. After small steps the
   * two drift apart; put right when scrolling rests, or at once when `isUrgent`.
   */
  get alignedScrollTop(): number {
    return Math.round(this.#toScrollTop(this.#offset))
  }

  aligned(scrollTop: number): void {
    this.#lastScrollTop = scrollTop
  }

  /** The element is about to hit an end of its way where the content does not. */
  get isUrgent(): boolean {
    const room = 4 * this.#viewportHeight
    const drift = Math.abs(this.alignedScrollTop - this.#lastScrollTop)
    if (drift <= 1) return false
    return this.#lastScrollTop < room || this.#lastScrollTop > this.#maxScrollTop - room
  }

  #clamp(offset: number): number {
    return Math.min(Math.max(0, offset), this.maxOffset)
  }

  #toScrollTop(offset: number): number {
    const maxScrollTop = this.#maxScrollTop
    const maxOffset = this.maxOffset
    if (maxOffset <= maxScrollTop) return offset
    if (offset <= edge) return offset
    if (maxOffset - offset <= edge) return maxScrollTop - (maxOffset - offset)
    return edge + ((offset - edge) / (maxOffset - 2 * edge)) * (maxScrollTop - 2 * edge)
  }

  #toOffset(scrollTop: number): number {
    const maxScrollTop = this.#maxScrollTop
    const maxOffset = this.maxOffset
    if (maxOffset <= maxScrollTop) return scrollTop
    if (scrollTop <= edge) return scrollTop
    if (maxScrollTop - scrollTop <= edge) return maxOffset - (maxScrollTop - scrollTop)
    return edge + ((scrollTop - edge) / (maxScrollTop - 2 * edge)) * (maxOffset - 2 * edge)
  }
}
