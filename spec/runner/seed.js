// Runs before each spec file: properties draw the same examples every time, so that a red run is red again. With
// FC_SEED=2 they draw others.

import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) })
