/**
 * Pages with plain forms, which work before any script is there. Under `no-referrer` a browser sends `Origin: null` with such a form, and
 * that is refused everywhere; `same-origin` tells other sites just as little.
 */
export const formPage = { 'Referrer-Policy': 'same-origin' } as const
