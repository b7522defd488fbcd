/** Bitmaps as Arrow lays them out: least significant bit first. */

export function bitAt(bits: Uint8Array, index: number): boolean {
  return (bits[index >> 3]! & (1 << (index & 7))) !== 0
}

export function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3]! |= 1 << (index & 7)
}

export function clearBit(bits: Uint8Array, index: number): void {
  bits[index >> 3]! &= ~(1 << (index & 7))
}

/** How many of the first `length` bits are 0: the null count of a validity bitmap. */
export function countZeros(bits: Uint8Array, length: number): number {
  let ones = 0
  const whole = length >> 3
  for (let at = 0; at < whole; at++) ones += onesInByte[bits[at]!]!
  const rest = length & 7
  if (rest !== 0) ones += onesInByte[bits[whole]! & ((1 << rest) - 1)]!
  return length - ones
}

/** Copies `length` bits between any two bit positions; bits of `target` outside that range stay as they are. */
export function copyBits(
  source: Uint8Array,
  sourceStart: number,
  target: Uint8Array,
  targetStart: number,
  length: number,
): void {
  let done = 0
  while (done < length && ((targetStart + done) & 7) !== 0) {
    copyBit(source, sourceStart + done, target, targetStart + done)
    done++
  }
  const shift = (sourceStart + done) & 7
  const from = (sourceStart + done) >> 3
  const to = (targetStart + done) >> 3
  const whole = (length - done) >> 3
  if (shift === 0) target.set(source.subarray(from, from + whole), to)
  else {
    for (let at = 0; at < whole; at++) {
      target[to + at] = (source[from + at]! >> shift) | (source[from + at + 1]! << (8 - shift))
    }
  }
  for (done += whole << 3; done < length; done++) copyBit(source, sourceStart + done, target, targetStart + done)
}

/** `length` bits from `start` on as a bitmap of their own; a view when `start` is at a whole byte. */
export function sliceBits(bits: Uint8Array, start: number, length: number): Uint8Array {
  const size = (length + 7) >> 3
  if ((start & 7) === 0) return bits.subarray(start >> 3, (start >> 3) + size)
  const slice = new Uint8Array(size)
  copyBits(bits, start, slice, 0, length)
  return slice
}

function copyBit(source: Uint8Array, from: number, target: Uint8Array, to: number): void {
  if (bitAt(source, from)) setBit(target, to)
  else clearBit(target, to)
}

const onesInByte = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0
  for (let rest = byte; rest !== 0; rest >>= 1) ones += rest & 1
  return ones
})
