/** Screenshots of tests that docs/tour.md shows, and what they are called there. TUSK_UPDATE_SCREENSHOTS=1 makes them anew. */
export const tourPictures: Readonly<Record<string, string>> = {
  'grid-ticks-dark': 'filter',
  'chart-line-dark': 'chart',
  'profile-light': 'profile',
  'groups-pivot-dark': 'groups',
  'diff-changes-light': 'changes',
  'parameters-dark': 'parameters',
  'plans-compared': 'plans',
  'import-columns-light': 'import',
  'load-new-dark': 'load',
  'table-changes-PostgreSQL': 'table',
  'history-named-dark': 'history',
}
