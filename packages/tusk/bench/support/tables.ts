/** The ten columns of every measurement: int, bigint, double, decimal, short and long text, timestamp, date, boolean with NULLs, JSON. */
export const columns = ['id', 'big', 'dbl', 'dec', 's12', 's60', 'ts', 'd', 'b', 'j'] as const

export function columnAt(name: (typeof columns)[number]): number {
  return columns.indexOf(name)
}

export function postgresTable(rows: number): string {
  return `create unlogged table measured as
    select n::int4 as id, n::int8 * 1000003 as big, n / 7.0::float8 as dbl, (n * 1.2345)::numeric(18,4) as dec,
      lpad(n::text, 12, 'x') as s12, 'Straße ' || n || repeat(' é𝄞 abc', 5) as s60,
      timestamp '2020-01-01' + n * interval '1.234567 second' as ts, date '2000-01-01' + n % 9000 as d,
      case when n % 10 > 0 then n % 2 = 0 end as b,
      format('{"id": %s, "name": "item %s", "price": %s.50}', n, n, n % 100)::json as j
    from generate_series(1, ${Math.trunc(rows)}) n`
}

/** `dbl` is in no order: 7919 and the number of rows have no common factor when that is a power of ten. */
export function duckdbTable(name: string, rows: number): string {
  const count = Math.trunc(rows)
  return `CREATE TABLE ${name} AS
    SELECT n::INTEGER AS id, n * 1000003 AS big, ((n * 7919) % ${count}) / 7.0 AS dbl, (n * 1.2345)::DECIMAL(18,4) AS dec,
      lpad(n::VARCHAR, 12, 'x') AS s12, 'Straße ' || n || repeat(' é𝄞 abc', 5) AS s60,
      TIMESTAMP '2020-01-01' + to_microseconds(n * 1234567) AS ts, DATE '2000-01-01' + (n % 9000)::INTEGER AS d,
      CASE WHEN n % 10 > 0 THEN n % 2 = 0 END AS b,
      '{"id": ' || n || ', "name": "item ' || n || '", "price": ' || (n % 100) || '.50}' AS j
    FROM range(${count}) numbers(n)`
}

export function sqliteTable(rows: number): string {
  return `
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    CREATE TABLE t (id INTEGER, big INTEGER, dbl REAL, dec NUMERIC(18,4), s12 TEXT, s60 TEXT, ts TEXT, d TEXT, b INTEGER, j TEXT);
    INSERT INTO t WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT ${Math.trunc(rows)})
    SELECT x, x * 97000291 % 9007199254740993, x * 0.5773502692, x * 1.25 / 7, substr(hex(x * 7919) || 'abcdefghijkl', 1, 12),
      'Zeile ' || x || ' — größer, schöner, länger und noch ein Stück',
      printf('2024-01-%02d 12:%02d:00.123456', x % 28 + 1, x % 60), printf('2024-01-%02d', x % 28 + 1),
      iif(x % 10 = 0, NULL, x % 2), '{"a": ' || x || ', "b": [1,2,3], "c": "some text, here as JSON"}' FROM c;`
}
