import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SortPosition } from './jql-order.ts';
import { JiraProblem } from './problem.ts';

const TOKEN_LIFETIME_MS = 7 * 86_400_000;

const shape = z.tuple([z.string(), z.number(), z.array(z.union([z.string(), z.number(), z.null()]))]);

/** A token that goes on behind `position` of the same statement, for seven days. */
export function toPageToken(jql: string, position: SortPosition, nowMs: number): string {
  return Buffer.from(JSON.stringify([digestOf(jql), nowMs, position]), 'utf8').toString('base64url');
}

/** Throws Jira's 400 for a token that is malformed, too old or of another statement. */
export function fromPageToken(token: string, jql: string, nowMs: number): SortPosition {
  const [digest, issuedAtMs, position] = decode(token);
  if (digest !== digestOf(jql) || nowMs - issuedAtMs > TOKEN_LIFETIME_MS) throw invalidToken();
  return position;
}

function decode(token: string): z.infer<typeof shape> {
  try {
    return shape.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
  } catch {
    throw invalidToken();
  }
}

function digestOf(jql: string): string {
  return createHash('sha256').update(jql).digest('base64url').slice(0, 12);
}

const invalidToken = () => new JiraProblem(400, ['The provided next page token is invalid or has expired.']);
