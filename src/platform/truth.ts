/** Undefined: it can't be told. */
export type Truth = boolean | undefined;

/** False as soon as one is, whatever can't be told of the others. */
export function allTrue(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

/** True as soon as one is, whatever can't be told of the others. */
export function anyTrue(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}
