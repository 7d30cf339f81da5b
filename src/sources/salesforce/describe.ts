import { chunk } from '../../platform/batch.ts';
import { MAX_COMPOSITE_PARTS, type SalesforceClient } from './client.ts';
import { badAnswer, SalesforceFailure } from './failures.ts';

/** What `describe` tells of one object, as far as it matters here. */
export interface ObjectDescription {
  readonly keyPrefix: string | null;
  /** Visible fields by API name. */
  readonly fields: ReadonlyMap<string, FieldDescription>;
}

export interface FieldDescription {
  /** May stand in WHERE; long text areas may not. */
  readonly filterable: boolean;
  /** In their defined order, which is also the order that Salesforce sorts by. */
  readonly picklistValues: readonly string[];
}

/**
 * Describes objects in as few calls as can be; an object that the gateway's user can't see is null.
 * Fails when Salesforce can't be asked.
 */
export async function describeObjects(
  client: SalesforceClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, ObjectDescription | null>> {
  const described = new Map<string, ObjectDescription | null>();
  for (const some of chunk(names, MAX_COMPOSITE_PARTS)) {
    const paths = some.map((name) => `${client.versionPath}/sobjects/${name}/describe`);
    const parts = await client.composite(paths, { operation: 'describe', receipts: [] });
    parts.forEach((part, index) => {
      const name = some[index] ?? '';
      if (part.ok) described.set(name, toDescription(part.body, name));
      else if (isUnknownObject(part.error.cause)) described.set(name, null);
      else throw part.error;
    });
  }
  return described;
}

function isUnknownObject(failure: unknown): boolean {
  return failure instanceof SalesforceFailure && ['NOT_FOUND', 'INVALID_TYPE'].includes(failure.errorCode);
}

function toDescription(body: unknown, name: string): ObjectDescription {
  const answer = body as { keyPrefix?: unknown; fields?: unknown } | null;
  if (!Array.isArray(answer?.fields)) throw badAnswer(`a description of ${name} without fields`);
  const fields = new Map<string, FieldDescription>();
  for (const field of answer.fields as readonly Record<string, unknown>[]) {
    if (typeof field?.name !== 'string') continue;
    fields.set(field.name, { filterable: field.filterable === true, picklistValues: valuesOf(field.picklistValues) });
  }
  return { keyPrefix: typeof answer.keyPrefix === 'string' ? answer.keyPrefix : null, fields };
}

function valuesOf(picklistValues: unknown): string[] {
  if (!Array.isArray(picklistValues)) return [];
  return picklistValues.flatMap((entry: { value?: unknown } | null) =>
    typeof entry?.value === 'string' ? [entry.value] : [],
  );
}
