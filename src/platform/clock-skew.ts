/**
 * What the clocks of two instances, or one before and after it was set, may differ by, in milliseconds. What is dated later than that from now comes from a
 * clock that is wrong, or was: believed, it would count as the newest for as long as that clock was ahead.
 */
export const MAX_CLOCK_SKEW_MS = 60_000;
