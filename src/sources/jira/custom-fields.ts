import { GatewayError } from '../../platform/errors.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import type { FieldAnswer } from './answers.ts';
import type { KnownFields } from './field-kind.ts';
import { type CustomFieldName, customFieldNames, customFieldSettings } from './fields.ts';

const customFieldList = Object.keys(customFieldNames) as CustomFieldName[];

export interface CustomFieldOptions {
  /** Ids that settings give; null: find it by name. */
  readonly configured: Readonly<Record<CustomFieldName, string | null>>;
  readonly readFields: () => Promise<KnownFields>;
  readonly log: Logger;
  /** First pause after a failed discovery; doubled up to a minute. 1 s unless told. */
  readonly firstPauseMs?: number;
}

/**
 * The ids of the custom fields on this site: from settings, else found by name. While Jira can't be asked the discovery is repeated
 * in the background, and what depends on it fails as unavailable; a name that no field or several fields have stays FIELD_UNAVAILABLE.
 */
export class CustomFields {
  readonly #options: CustomFieldOptions;
  readonly #ids = new Map<CustomFieldName, string>();
  readonly #problems = new Map<CustomFieldName, string>();
  #isKnown = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: CustomFieldOptions) {
    this.#options = options;
  }

  /**
   * One attempt now; never throws. When it fails, or finds only what was known before, further ones follow in the background until it
   * succeeds or `close`.
   */
  async discover(pauseMs: number = this.#options.firstPauseMs ?? 1_000): Promise<void> {
    try {
      const { fields, isCurrent } = await this.#options.readFields();
      this.#assign(fields);
      if (!isCurrent) this.#discoverAgain(pauseMs);
    } catch (error) {
      if (this.#isClosed) return;
      const detail = { error: describeError(error), retryInMs: pauseMs };
      this.#options.log.warn(detail, 'The custom fields of Jira are not known yet: Jira could not be asked.');
      this.#discoverAgain(pauseMs);
    }
  }

  #discoverAgain(pauseMs: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.discover(Math.min(pauseMs * 2, 60_000)), pauseMs);
    this.#timer.unref();
  }

  /** Field id, or the error that stands for the field's value. */
  idOf(name: CustomFieldName): string | GatewayError {
    const id = this.#options.configured[name] ?? this.#ids.get(name);
    if (id !== undefined && !this.#problems.has(name)) return id;
    const label = customFieldNames[name];
    if (!this.#isKnown) {
      const message = `The Jira field "${label}" is not known yet, because Jira could not be reached since the gateway started. Try again in a moment.`;
      return new GatewayError('UPSTREAM_UNAVAILABLE', message, { source: 'JIRA' });
    }
    const message = `The Jira field "${label}" is not available to the gateway. An operator has to name it with ${customFieldSettings[name]}, or grant it to the gateway's user.`;
    return new GatewayError('FIELD_UNAVAILABLE', message, { source: 'JIRA', details: { field: label } });
  }

  /** What an operator has to mend, one sentence each. */
  get problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #assign(fields: readonly FieldAnswer[]): void {
    this.#ids.clear();
    this.#problems.clear();
    for (const name of customFieldList) {
      const setting = customFieldSettings[name];
      const configured = this.#options.configured[name];
      const label = customFieldNames[name];
      if (configured !== null) {
        if (!fields.some(({ id }) => id === configured))
          this.#report(
            name,
            `${setting} names ${configured}, which Jira does not show to the gateway's user. Correct it, or grant the field.`,
          );
        continue;
      }
      // System fields can have the same name ("Environment" is one), so only custom ones count.
      const found = fields.filter((field) => field.custom === true && sameName(field.name, label));
      const [first] = found;
      if (found.length > 1) {
        const ids = found.map(({ id }) => id).join(', ');
        this.#report(
          name,
          `Jira has ${found.length} custom fields named "${label}" (${ids}). Say which with ${setting}.`,
        );
      } else if (!first) {
        this.#report(
          name,
          `Jira shows no custom field named "${label}". Name its id with ${setting}, or grant it to the gateway's user.`,
        );
      } else this.#ids.set(name, first.id);
    }
    this.#isKnown = true;
  }

  #report(name: CustomFieldName, problem: string): void {
    this.#problems.set(name, problem);
    this.#options.log.error({ field: customFieldNames[name] }, problem);
  }
}

function sameName(left: string, right: string): boolean {
  return left.trim().toLowerCase() === right.toLowerCase();
}
