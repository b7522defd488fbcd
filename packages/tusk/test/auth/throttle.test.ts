import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Throttle } from '../../src/auth/throttle.ts'
import { TuskError } from '../../src/errors.ts'

const tooMany = (error: unknown) => error instanceof TuskError && error.code === 'TOO_MANY'

/** A throttle with a clock that the test turns. */
function clocked() {
  const clock = { now: 1_000_000 }
  return { clock, throttle: new Throttle(() => clock.now) }
}

test('five failures are free, then each doubles the wait, and the account opens again within a minute', () => {
  const { clock, throttle } = clocked()
  for (let at = 0; at < 6; at++) throttle.attempt('ada', `10.0.${at}.1`)
  assert.throws(() => throttle.attempt('ADA', '10.9.9.9'), tooMany)
  clock.now += 2_000
  throttle.attempt('ada', '10.9.9.9')
  clock.now += 3_999
  assert.throws(() => throttle.attempt('ada', '10.9.9.8'), tooMany)
  for (let at = 0; at < 20; at++) {
    clock.now += 60_000
    throttle.attempt('ada', `10.1.${at}.1`)
  }
  clock.now += 60_000
  throttle.attempt('ada', '10.2.0.1')
})

test('an address that tries many names is slowed down; an IPv6 network counts as one', () => {
  const { throttle } = clocked()
  for (let at = 0; at < 21; at++) throttle.attempt(`person ${at}`, `2001:db8:0:1::${at + 1}`)
  assert.throws(() => throttle.attempt('somebody', '2001:db8:0:1:ffff::9'), tooMany)
  throttle.attempt('somebody', '2001:db8:0:2::1')
})

test('signing in clears the account, and gives an address no free guesses at others', () => {
  const { clock, throttle } = clocked()
  for (let round = 0; round < 20; round++) {
    throttle.attempt(`victim ${round}`, '10.0.0.1')
    throttle.attempt('mallory', '10.0.0.1').succeeded()
    clock.now += 10
  }
  throttle.attempt('the next', '10.0.0.1')
  assert.throws(() => throttle.attempt('and another', '10.0.0.1'), tooMany)
  clock.now += 3_600_001
  for (let at = 0; at < 5; at++) throttle.attempt('victim', '10.0.0.1')
  throttle.attempt('ada', '10.0.0.2').succeeded()
})

test('attempts at the same moment are counted before any has failed', () => {
  const { throttle } = clocked()
  const outcomes = Array.from({ length: 50 }, () => {
    try {
      return throttle.attempt('ada', '10.0.0.1')
    } catch (error) {
      return tooMany(error)
    }
  })
  assert.equal(outcomes.filter(outcome => outcome === true).length, 44)
})
