import { SeededRandom } from './seeded-random.ts'
import { cities, customerNames, productKinds } from './shop-words.ts'

/** The sample shop: five tables and two views, the same to the last byte on every machine and in every engine. */
export type SampleValue = string | number | boolean | null
export type SampleType = 'integer' | 'text' | 'decimal' | 'double' | 'boolean' | 'date' | 'timestamp' | 'json'

export interface SampleColumn {
  readonly name: string
  readonly type: SampleType
  readonly nullable?: boolean
  readonly comment?: string
}

export interface SampleTable {
  readonly name: string
  readonly comment: string
  readonly columns: readonly SampleColumn[]
  readonly primaryKey: readonly string[]
  readonly foreignKeys: readonly { readonly column: string; readonly table: string }[]
  /** Decimals as text, dates and timestamps as ISO text. */
  rows(): Iterable<readonly SampleValue[]>
}

export interface SampleView {
  readonly name: string
  readonly comment: string
  readonly sql: string
}

const STORES = cities.length
const CUSTOMERS = 8_000
const ORDERS = 100_000
const FIRST_DAY = Date.UTC(2023, 0, 1)
const DAYS = 1_096

const products = productKinds.flatMap(({ category, adjectives, nouns, price }) =>
  adjectives.flatMap(adjective => nouns.map(noun => ({ category, name: `${adjective} ${noun}`, price }))),
)

export const shopTables: readonly SampleTable[] = [
  {
    name: 'stores',
    comment: 'Shops in the cities of the world, with their place on the map',
    primaryKey: ['id'],
    foreignKeys: [],
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'name', type: 'text' },
      { name: 'city', type: 'text' },
      { name: 'country', type: 'text' },
      { name: 'latitude', type: 'double' },
      { name: 'longitude', type: 'double' },
      { name: 'opened_on', type: 'date', nullable: true, comment: 'unknown for the oldest shops' },
    ],
    *rows() {
      const random = new SeededRandom(11)
      for (const [index, [city, country, latitude, longitude]] of cities.entries())
        yield [
          index + 1,
          `Mammoth ${city}`,
          city,
          country,
          latitude,
          longitude,
          random.chance(0.1) ? null : day(Date.UTC(2005, 0, 1) + random.below(6_000) * 86_400_000),
        ]
    },
  },
  {
    name: 'customers',
    comment: 'People who have bought something',
    primaryKey: ['id'],
    foreignKeys: [],
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'name', type: 'text' },
      { name: 'email', type: 'text', nullable: true },
      { name: 'city', type: 'text' },
      { name: 'country', type: 'text' },
      { name: 'segment', type: 'text', comment: 'consumer, business or school' },
      { name: 'newsletter', type: 'boolean' },
      { name: 'signed_up_at', type: 'timestamp' },
      { name: 'preferences', type: 'json', nullable: true, comment: 'what they told us, as JSON' },
    ],
    *rows() {
      const random = new SeededRandom(12)
      for (let id = 1; id <= CUSTOMERS; id++) {
        const first = random.pick(customerNames.first)
        const last = random.pick(customerNames.last)
        const [city, country] = random.pick(cities)
        const email = random.chance(0.06) ? null : `${ascii(first)}.${ascii(last)}${id}@example.com`
        const preferences = random.chance(0.3)
          ? null
          : `{"language": "${random.pick(['en', 'de', 'es', 'fr', 'ja', 'pt'])}", "interests": [${random
              .sample(['camping', 'cooking', 'garden', 'music', 'office', 'sport'], 2)
              .map(one => `"${one}"`)
              .join(', ')}], "points": ${random.below(5_000)}}`
        yield [
          id,
          `${first} ${last}`,
          email,
          city,
          country,
          random.pick(['consumer', 'consumer', 'consumer', 'business', 'school']),
          random.chance(0.4),
          moment(random, FIRST_DAY - 700 * 86_400_000, 700),
          preferences,
        ]
      }
    },
  },
  {
    name: 'products',
    comment: 'What the shop sells',
    primaryKey: ['id'],
    foreignKeys: [],
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'name', type: 'text' },
      { name: 'category', type: 'text' },
      { name: 'price', type: 'decimal' },
      { name: 'cost', type: 'decimal' },
      { name: 'weight_kg', type: 'double', nullable: true },
      { name: 'discontinued', type: 'boolean' },
    ],
    *rows() {
      for (const [index, { category, name }] of products.entries()) {
        const random = new SeededRandom(1_000 + index)
        const price = productPrice(index)
        yield [
          index + 1,
          name,
          category,
          cents(price),
          cents(Math.round(price * (0.4 + random.next() * 0.3))),
          random.chance(0.1) ? null : Math.round(random.next() * 12_000) / 1_000,
          random.chance(0.07),
        ]
      }
    },
  },
  {
    name: 'orders',
    comment: 'One order of a customer, in a shop or online',
    primaryKey: ['id'],
    foreignKeys: [
      { column: 'customer_id', table: 'customers' },
      { column: 'store_id', table: 'stores' },
    ],
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'customer_id', type: 'integer' },
      { name: 'store_id', type: 'integer', nullable: true, comment: 'empty: bought online' },
      { name: 'ordered_at', type: 'timestamp' },
      { name: 'status', type: 'text', comment: 'new, paid, shipped, delivered or returned' },
      { name: 'shipping', type: 'decimal' },
      { name: 'note', type: 'text', nullable: true },
    ],
    *rows() {
      const random = new SeededRandom(14)
      for (let id = 1; id <= ORDERS; id++) {
        // Earlier customers buy more often, business grows over the years, and the last days are still on their way.
        const customer = 1 + Math.floor(CUSTOMERS * random.next() ** 1.6)
        const at = FIRST_DAY + Math.floor(Math.sqrt((id - random.next()) / ORDERS) * DAYS * 86_400) * 1_000
        const recent = id > ORDERS * 0.99
        const status = recent ? random.pick(['new', 'paid', 'shipped']) : random.chance(0.04) ? 'returned' : 'delivered'
        const note = random.chance(0.03)
          ? random.pick([
              'Please ring twice',
              'Gift: wrap it',
              'Leave at the door — “blue house”',
              'Überraschung!',
              'Deliver after 18:00',
            ])
          : null
        yield [
          id,
          customer,
          random.chance(0.35) ? null : 1 + random.below(STORES),
          new Date(at).toISOString().slice(0, 19).replace('T', ' '),
          status,
          random.chance(0.5) ? '0.00' : cents(290 + random.below(1_200)),
          note,
        ]
      }
    },
  },
  {
    name: 'order_items',
    comment: 'The lines of an order',
    primaryKey: ['order_id', 'line'],
    foreignKeys: [
      { column: 'order_id', table: 'orders' },
      { column: 'product_id', table: 'products' },
    ],
    columns: [
      { name: 'order_id', type: 'integer' },
      { name: 'line', type: 'integer' },
      { name: 'product_id', type: 'integer' },
      { name: 'quantity', type: 'integer' },
      { name: 'unit_price', type: 'decimal' },
      { name: 'discount', type: 'decimal', nullable: true },
    ],
    *rows() {
      const random = new SeededRandom(15)
      for (let order = 1; order <= ORDERS; order++) {
        const lines = 1 + Math.floor(random.next() ** 2 * 5)
        for (let line = 1; line <= lines; line++) {
          const product = random.below(products.length)
          yield [
            order,
            line,
            product + 1,
            1 + Math.floor(random.next() ** 3 * 6),
            cents(productPrice(product)),
            random.chance(0.85) ? null : cents(5 * (1 + random.below(6))),
          ]
        }
      }
    },
  },
]

export const shopViews: readonly SampleView[] = [
  {
    name: 'order_totals',
    comment: 'Each order with what it cost',
    sql: `SELECT o.id, o.customer_id, o.store_id, o.ordered_at, o.status, o.shipping + sum(i.quantity * i.unit_price * (1 - coalesce(i.discount, 0))) AS total
FROM orders o JOIN order_items i ON i.order_id = o.id
GROUP BY o.id, o.customer_id, o.store_id, o.ordered_at, o.status, o.shipping`,
  },
  {
    name: 'sales_by_category',
    comment: 'Pieces and turnover of each category',
    sql: `SELECT p.category, sum(i.quantity) AS pieces, sum(i.quantity * i.unit_price) AS turnover
FROM order_items i JOIN products p ON p.id = i.product_id
GROUP BY p.category`,
  },
]

function productPrice(index: number): number {
  const random = new SeededRandom(5_000 + index)
  const { price = 1_000 } = products[index] ?? {}
  return Math.round((price * (0.6 + random.next() * 1.2)) / 10) * 10 - 1
}

function cents(value: number): string {
  return `${Math.floor(value / 100)}.${String(value % 100).padStart(2, '0')}`
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10)
}

function moment(random: SeededRandom, from: number, days: number): string {
  return new Date(from + Math.floor(random.next() * days * 86_400) * 1_000).toISOString().slice(0, 19).replace('T', ' ')
}

function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}
