/** Words that completion offers beside names: a person's working set, not the whole grammar. */
export interface Vocabulary {
  readonly keywords: readonly string[]
  readonly functions: readonly string[]
  readonly types: readonly string[]
}

const words = (text: string): string[] => text.trim().split(/\s+/)
const phrases = (text: string): string[] => text.split(',').map(phrase => phrase.trim().replace(/\s+/g, ' '))

const keywords =
  phrases(`select, distinct, from, where, group by, having, order by, limit, offset, join, inner join, left join, right join, full join,
  cross join, natural join, on, using, as, and, or, not, in, exists, between, like, is null, is not null, case, when, then, else, end, union, union all,
  intersect, except, with, with recursive, values, insert into, update, set, delete from, returning, create table, create view, create index, create
  unique index, create schema, alter table, add column, drop column, rename to, drop table, drop view, drop index, primary key, foreign key, references,
  unique, check, default, not null, null, true, false, if exists, if not exists, cascade, begin, commit, rollback, savepoint, explain, explain analyze,
  cast, over, partition by, rows between, range between, unbounded preceding, unbounded following, current row, filter, window, asc, desc, nulls first,
  nulls last, on conflict, do nothing, do update set, current_date, current_timestamp`)

const functions =
  words(`abs avg ceil coalesce concat count cume_dist dense_rank exp first_value floor greatest lag last_value lead least
  length ln log lower ltrim max min mod nth_value ntile nullif percent_rank power rank replace round row_number rtrim sign sqrt substr substring sum trim
  upper`)

const pgFunctions =
  words(`age array_agg array_length array_to_string bool_and bool_or cardinality clock_timestamp concat_ws date_bin date_part date_trunc
  encode decode extract format gen_random_uuid generate_series initcap json_agg json_build_object json_object_agg jsonb_agg jsonb_array_elements
  jsonb_array_length jsonb_build_object jsonb_each jsonb_each_text jsonb_object_agg jsonb_object_keys jsonb_path_query jsonb_pretty jsonb_set
  jsonb_to_recordset left lpad make_date make_interval md5 mode now overlay percentile_cont percentile_disc pg_backend_pid pg_column_size
  pg_database_size pg_get_viewdef pg_indexes_size pg_relation_size pg_size_pretty pg_sleep pg_table_size pg_total_relation_size pg_typeof position
  quote_ident quote_literal random regexp_match regexp_matches regexp_replace regexp_split_to_table repeat reverse right rpad split_part starts_with
  statement_timestamp stddev string_agg string_to_array strpos to_char to_date to_json to_jsonb to_number to_timestamp to_tsquery to_tsvector translate
  trunc unnest variance version width_bucket current_setting set_config`)

const duckFunctions =
  words(`any_value approx_count_distinct approx_quantile arg_max arg_min array_agg bit_count bool_and bool_or columns concat_ws corr
  current_setting date_add date_diff date_part date_sub date_trunc dayname dayofweek epoch epoch_ms extract first flatten format generate_series
  glob greatest hash histogram isfinite isnan json_extract json_extract_string json_group_array json_keys json_object kurtosis last
  last_day left len levenshtein list list_aggregate list_concat list_contains list_distinct list_filter list_reduce list_slice list_sort list_transform
  list_value lpad make_date make_timestamp map map_entries map_keys map_values md5 median mode monthname now parse_filename printf product quantile_cont
  quantile_disc random range read_csv read_json read_parquet regexp_extract regexp_full_match regexp_matches regexp_replace repeat reverse right rpad
  sha256 skewness split split_part starts_with stddev strftime string_agg string_split strptime struct_pack time_bucket to_base
  to_days to_json to_timestamp today trunc try_cast typeof unnest uuid var_samp variance version year month day hour minute week quarter`)

const sqliteFunctions =
  words(`changes char date datetime format group_concat hex ifnull iif instr json json_array json_array_length json_each json_extract
  json_group_array json_group_object json_object json_tree json_type julianday last_insert_rowid likely printf quote random randomblob soundex
  sqlite_version strftime string_agg time timediff total total_changes typeof unhex unicode unixepoch zeroblob`)

export const postgresWords: Vocabulary = {
  keywords: [
    ...keywords,
    ...phrases(`ilike, similar to, lateral, tablesample, distinct on, fetch first, for update, skip locked, materialized, create materialized view,
      refresh materialized view, create extension, create function, create or replace function, create or replace view, language plpgsql, language sql, grant, revoke,
      truncate, vacuum, analyze, copy, listen, notify, show, reset, set local, search_path, interval, at time zone, generated always as identity, merge into,
      when matched then, when not matched then, array, any, all, some, isolation level`),
  ],
  functions: [...functions, ...pgFunctions],
  types:
    words(`bigint bigserial boolean bytea char cidr date double float4 float8 inet int integer interval json jsonb macaddr money numeric oid
    point real serial smallint text time timestamp timestamptz timetz tsquery tsvector uuid varchar xml`),
}

export const duckdbWords: Vocabulary = {
  keywords: [
    ...keywords,
    ...phrases(`ilike, similar to, lateral, qualify, pivot, unpivot, asof join, positional join, semi join, anti join, exclude, replace, using sample, summarize,
      describe, show tables, copy, to, attach, detach, use, install, load, pragma, create or replace table, create or replace view, create macro, group by all,
      order by all, distinct on, interval, at time zone, any, all, export database, import database, checkpoint, truncate`),
  ],
  functions: [...functions, ...duckFunctions],
  types:
    words(`bigint bit blob boolean date decimal double float hugeint integer interval json list map real smallint struct time timestamp
    timestamptz tinyint ubigint uhugeint uinteger union usmallint utinyint uuid varchar`),
}

export const sqliteWords: Vocabulary = {
  keywords: [
    ...keywords,
    ...phrases(`glob, regexp, match, collate nocase, create trigger, create virtual table, insert or replace into, insert or ignore into, pragma, vacuum, analyze,
      attach, detach, without rowid, strict, autoincrement, indexed by, explain query plan, reindex, raise, before insert, after insert, for each row`),
  ],
  functions: [...functions, ...sqliteFunctions],
  types: words('blob integer numeric real text any'),
}
