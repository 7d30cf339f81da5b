import fc from 'fast-check';

/** Texts that mean something else to a language, a file system, a terminal or a log than they say. */
export const hostileTexts: readonly string[] = [
  "' OR Name != '",
  "\\' OR Name != \\'",
  "x') OR (Name LIKE '%",
  "x' LIMIT 1 OFFSET 1 --",
  "x' ORDER BY CreatedDate DESC NULLS LAST",
  '\\',
  "\\\\'",
  'ends with \\',
  '" OR project is not EMPTY OR text ~ "',
  '\\" OR project = "X',
  'x" ORDER BY key',
  "'; DROP TABLE assessments; --",
  "1' UNION SELECT url FROM pg_stat_ssl --",
  '$$; select pg_sleep(9); $$',
  '%',
  '_%_',
  '\\%\\_',
  '100% of _all_',
  '‘quoted’ “text” ＇wide＇ ʼ',
  'salt AND pepper NOT sugar OR (x TO y)',
  'up*grade? "a b"~2 c^4 +d -e {f TO g] h:i /j/ && || !',
  'a\u0000b',
  'a\r\nb\tc\bd\f\u001b[31mred',
  'a\u2028b\u2029c\u0085d',
  'lone \ud800 surrogate \udc00',
  '\ufffe\uffff\ufdd0',
  '\u202egnp.exe',
  '__proto__',
  'constructor.prototype.polluted',
  '../../../../etc/passwd',
  'PSD-1/../../../user?accountId=x#',
  'PSD-1%2f..%2f..',
  '{"$ne":null}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is to mean something elsewhere.
  '${jndi:ldap://127.0.0.1/a}{{7*7}}<%= 7 %>',
  '<script>alert(1)</script>',
  '[a](javascript:alert(1)) ![b](data:text/html,x)',
  '=HYPERLINK("http://127.0.0.1")',
  '0x27 1e999 -0 NaN null undefined true',
  'İıſßﬀ',
  'e\u0301'.repeat(40),
  'x'.repeat(10_000),
  "'".repeat(300),
  '\\'.repeat(150),
  '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}'.repeat(12),
  '',
  ' ',
];

/** JSON that is no text, where a text is asked for. */
export const hostileValues: readonly unknown[] = [
  { $ne: null },
  { $regex: '.*' },
  ["' OR Name != '"],
  [['x']],
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  true,
  1e308,
  -0,
  null,
];

/** Short texts of characters that languages read as signs, and of anything that is written somewhere. */
export const anyHostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...'\'"\\%_*?()[]{}+-~^:/&|!,;=<>#$ \n\r\t\0aORzé😀\u2028\u0085'),
    minLength: 1,
    maxLength: 40,
  }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc
    .tuple(
      fc.constantFrom('upgrade', 'PSR-00042', 'PSD-7'),
      // Without a sign it might be another good key.
      fc.constantFrom(...'\'"\\%;)#\0'),
      fc.string({ unit: 'binary-ascii', maxLength: 12 }),
    )
    .map((parts) => parts.join('')),
);
