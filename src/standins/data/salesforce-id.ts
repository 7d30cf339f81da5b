const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECK_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
/** The part of an id that names the org's pod; the same for all records of one org. */
const POD = '5g00000';

/** The 18-character id of the n-th record of an object. The last five digits count in base 62, so ids that differ only by case are common. */
export function recordId(keyPrefix: string, sequence: number): string {
  let counter = '';
  for (let rest = sequence, digit = 0; digit < 5; digit++, rest = Math.floor(rest / 62)) {
    counter = DIGITS.charAt(rest % 62) + counter;
  }
  return withChecksum(`${keyPrefix}${POD}${counter}`);
}

/** A 15-character id with its three check characters: per block of five, bit i is set where character i is an upper-case letter. */
export function withChecksum(id15: string): string {
  let suffix = '';
  for (let block = 0; block < 3; block++) {
    let bits = 0;
    for (let position = 0; position < 5; position++) {
      const character = id15.charAt(block * 5 + position);
      if (character >= 'A' && character <= 'Z') bits |= 1 << position;
    }
    suffix += CHECK_CHARACTERS.charAt(bits);
  }
  return id15 + suffix;
}
