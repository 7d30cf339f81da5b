/**
 * What the clocks of two instances, or one before and after it was set, may differ by. What counts as read later than that from now would stay fresh for as
 * long as that clock was ahead.
 */
export const MAX_CLOCK_SKEW_MS = 60_000;
