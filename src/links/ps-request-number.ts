/** A request's number as Salesforce writes it, from what a person typed: `psr-42 ` is `PSR-42`. Null for anything else. */
export function normalisePsRequestNumber(text: string): string | null {
  const number = text.trim().toUpperCase();
  return /^PSR-\d{1,10}$/.test(number) ? number : null;
}

/** The one request that a free text names, by number or by Salesforce id; null when it names none or several. */
export function psRequestNamedIn(text: string): { readonly number: string } | { readonly salesforceId: string } | null {
  const trimmed = text.trim();
  const numbers = new Set(trimmed.toUpperCase().match(/(?<![A-Z0-9])PSR-\d{1,10}(?!\d)/g) ?? []);
  const [number] = numbers;
  if (number !== undefined) return numbers.size === 1 ? { number } : null;
  return /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/.test(trimmed) ? { salesforceId: trimmed } : null;
}
