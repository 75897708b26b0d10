/**
 * The public surface of `mara-ts/storage/testing`: for specs of back ends. It loads `node:assert`, so production does not
 * load it.
 */
export { type ConformanceCheck, type ConformanceOptions, storageConformance } from './conformance.js'
