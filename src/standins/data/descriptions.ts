import { elementAt, type Random } from './random.ts';
import { recordId } from './salesforce-id.ts';
import { SENTENCES } from './vocabulary.ts';

/** Salesforce refuses more than this in Description__c. */
const DESCRIPTION_MAX_CHARACTERS = 32_000;
/** Places of requests into whose description someone pasted a whole log or e-mail thread. */
const PASTED_LOGS = new Set([3, 77, 144, 231, 308, 371, 398]);

export function requestDescription(random: Random, index: number): string | null {
  if (PASTED_LOGS.has(index)) return pastedLog(random, index);
  if (random.chance(0.08)) return null;
  const lines: string[] = Array.from({ length: random.int(1, 5) }, () => random.pick(SENTENCES));
  if (index % 19 === 4)
    lines.push(`See also https://brightwell.example/${recordId('a0R', index).slice(0, 15)} (previous request).`);
  if (index % 23 === 6) lines.push('Customer said: "don\'t touch C:\\inetpub\\wwwroot" 😬');
  if (index % 29 === 8) lines.push('<b>Bold</b> & <script>alert("copied from e-mail")</script>');
  return lines.join(random.chance(0.5) ? '\r\n' : ' ');
}

function pastedLog(random: Random, index: number): string {
  let text = 'Full log of the failed attempt, as sent by the customer:\n';
  for (let line = 1; text.length < DESCRIPTION_MAX_CHARACTERS; line++) {
    text += `2026-0${1 + (line % 9)}-1${line % 10} 0${line % 10}:15:0${line % 6} ${line % 7 === 0 ? 'ERROR "quote\' \\path\\é 🔥"' : 'INFO'} step ${line}: ${elementAt(SENTENCES, random.int(0, SENTENCES.length - 1))}\n`;
  }
  return text.slice(0, index === 3 ? DESCRIPTION_MAX_CHARACTERS : DESCRIPTION_MAX_CHARACTERS - 2_000 + index);
}
