import type { WireConnection } from '../../../wire.ts'

const topCustomers = `-- Ctrl+Enter runs the statement at the cursor.
-- The ten best customers of the sample shop:
SELECT c.name, c.city, c.country,
       count(DISTINCT o.id) AS orders,
       round(sum(i.quantity * i.unit_price), 2) AS turnover
FROM customers c
JOIN orders o ON o.customer_id = c.id
JOIN order_items i ON i.order_id = o.id
GROUP BY c.id, c.name, c.city, c.country
ORDER BY turnover DESC
LIMIT 10;

-- A hundred thousand orders: scroll, sort, filter, export.
SELECT * FROM orders ORDER BY ordered_at;
`

/** What the first tab of a first visit holds: something that runs with one click. */
export function firstScript(connection: WireConnection | undefined): string {
  return connection?.sample === true ? topCustomers : ''
}
