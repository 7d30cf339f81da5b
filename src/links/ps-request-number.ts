import { toPsRequestNumber } from '../sources/salesforce/ids.ts';

/** The one request that a free text names, by number or by Salesforce id; null when it names none or several. */
export function psRequestNamedIn(text: string): { readonly number: string } | { readonly salesforceId: string } | null {
  const trimmed = text.trim();
  const written = trimmed.toUpperCase().match(/(?<![A-Z0-9])PSR-\d{1,10}(?!\d)/g) ?? [];
  const numbers = new Set(written.map(toPsRequestNumber));
  const [number] = numbers;
  if (typeof number === 'string') return numbers.size === 1 ? { number } : null;
  return /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/.test(trimmed) ? { salesforceId: trimmed } : null;
}
