// How often a test that repeats itself does so. All rounds run on the first version of Node that
// continuous integration tries; on the others, and where somebody is in a hurry, a share of them.

const { TEST_ROUNDS = '1' } = process.env
const share = Number(TEST_ROUNDS)
if (!(share > 0 && share <= 1)) throw new Error(`TEST_ROUNDS: expected a share such as 0.1, got ${JSON.stringify(TEST_ROUNDS)}`)

/** So many of a test's rounds as `TEST_ROUNDS` in the environment says: a share of 1, which is the default; at least two. */
export const roundsOf = (all: number): number => Math.max(2, Math.ceil(all * share))
