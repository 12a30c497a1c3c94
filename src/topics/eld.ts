/*
 * The detector of languages, with the n-grams that it knows them by. In the build this module is one file (scripts/vendor.mjs), which
 * loads faster than the package: that has its n-grams as a program of 1.6 MB.
 */
export { eld } from 'eld/small';
