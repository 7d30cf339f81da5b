import type { Kysely } from 'kysely';
import type { DB } from '../../generated/database.ts';
import { badUserInput, GatewayError } from '../../platform/errors.ts';
import { type JsonObject, mergePatch } from './merge-patch.ts';

/** What a person has set for themselves. */
export interface Preferences {
  readonly preferences: JsonObject;
  /** Counts the changes; 0 before the first. */
  readonly version: number;
}

export interface PreferencesChange {
  readonly patch: JsonObject;
  /** The version that the change was made from. */
  readonly version: number;
}

/** All of a person's preferences, as JSON in UTF-8. */
const MAX_PREFERENCES_BYTES = 32_768;
const NONE: Preferences = { preferences: {}, version: 0 };

export async function selectPreferences(db: Kysely<DB>, viewerId: string): Promise<Preferences> {
  const row = await db
    .selectFrom('preferences')
    .select(['preferences', 'version'])
    .where('viewer_id', '=', viewerId)
    .executeTakeFirst();
  return row ? { preferences: row.preferences as JsonObject, version: row.version } : NONE;
}

/**
 * Applies a change to the version that it was made from; of two changes of one version the first is stored. Throws CONFLICT with the current
 * version and preferences for the other, BAD_USER_INPUT for what can't be kept; nothing is stored then.
 */
export async function changePreferences(
  db: Kysely<DB>,
  person: { readonly tenant: string; readonly id: string },
  { patch, version }: PreferencesChange,
): Promise<Preferences> {
  const current = await selectPreferences(db, person.id);
  if (current.version !== version) throw staleVersion(version, current);
  const preferences = mergePatch(current.preferences, patch);
  const stored = keepable(preferences);
  const next = { preferences: stored, version: version + 1 };
  const written =
    version === 0
      ? await db
          .insertInto('preferences')
          .values({ tenant: person.tenant, viewer_id: person.id, ...next })
          .onConflict((conflict) => conflict.columns(['tenant', 'viewer_id']).doNothing())
          .returning('version')
          .executeTakeFirst()
      : await db
          .updateTable('preferences')
          .set(next)
          .where('viewer_id', '=', person.id)
          .where('version', '=', version)
          .returning('version')
          .executeTakeFirst();
  // Somebody was faster since they were read.
  if (!written) throw staleVersion(version, await selectPreferences(db, person.id));
  return { preferences, version: next.version };
}

/** The JSON text of preferences that may be kept. Throws BAD_USER_INPUT. */
function keepable(preferences: JsonObject): string {
  const text = JSON.stringify(preferences, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw badUserInput('`patch` holds a number that is too large. Send numbers that JSON can hold, or texts.', {
        argument: 'input.patch',
      });
    return value;
  });
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_PREFERENCES_BYTES)
    throw badUserInput(
      `The preferences would take ${bytes} bytes as JSON, more than the ${MAX_PREFERENCES_BYTES} that one person has. Remove others in the same patch, with null as their value.`,
      { argument: 'input.patch' },
    );
  // JSON.stringify writes them as escapes, which PostgreSQL does not take in jsonb.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f]..)/.test(text))
    throw badUserInput(
      '`patch` holds a text with the character U+0000 or half a surrogate pair, which can not be stored. Leave it out.',
      { argument: 'input.patch' },
    );
  return text;
}

function staleVersion(version: number, current: Preferences): GatewayError {
  return new GatewayError(
    'CONFLICT',
    `The preferences are at version ${current.version}, but the change was made from version ${version}, and nothing was stored. Make the change again from \`currentPreferences\`, and send \`currentVersion\` with it.`,
    {
      source: 'POSTGRES',
      details: {
        argument: 'input.version',
        currentVersion: current.version,
        currentPreferences: current.preferences,
      },
    },
  );
}
