import { type GraphQLSchema, parse } from 'graphql';
import type { ParsedDocuments } from '../../cache/responses/parsed-documents.ts';
import { ConfigError } from '../../platform/config.ts';
import type { Logger } from '../../platform/log.ts';
import type { TrustedDocumentsSettings } from '../../platform/settings.ts';
import type { DocumentJudge } from '../limits/document-verdict.ts';
import { DocumentDesk } from './document-desk.ts';
import type { DocumentMetrics } from './document-metrics.ts';
import { documentProblems } from './document-problems.ts';
import { FreeDocuments } from './free-documents.ts';
import { ManifestError, type TrustedDocument } from './manifest.ts';
import { readManifestFile, watchManifestFile } from './manifest-file.ts';
import { TrustedSet } from './trusted-set.ts';

export interface OpenDocumentsOptions {
  readonly settings: TrustedDocumentsSettings;
  /** What `readTrustedDocuments` gave. */
  readonly documents: readonly TrustedDocument[] | null;
  readonly schema: GraphQLSchema;
  readonly parsed: ParsedDocuments;
  readonly judge: DocumentJudge;
  readonly metrics: DocumentMetrics;
  readonly log: Logger;
  /** Milliseconds between two looks at the file. */
  readonly lookIntervalMs?: number;
}

export interface OpenDocuments {
  readonly desk: DocumentDesk;
  close(): void;
}

const MAX_LOGGED = 20;

/** Reads the manifest, if it counts. Throws ConfigError for one that can't be used. */
export function readTrustedDocuments({ mode, file }: TrustedDocumentsSettings): TrustedDocument[] | null {
  if (mode === 'off') return null;
  try {
    return readManifestFile(file);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new ConfigError(
      error.problems.map((problem) => `TRUSTED_DOCUMENTS_FILE: expected a manifest of trusted documents. ${problem}`),
    );
  }
}

/** Null when no documents are trusted. */
export function openDocuments(options: OpenDocumentsOptions): OpenDocuments | null {
  const { settings, documents: atStart, parsed, judge, metrics, log } = options;
  const { mode, file } = settings;
  if (mode === 'off' || atStart === null) return null;
  warnOfMisfits(options, atStart);
  const desk = new DocumentDesk({
    mode,
    trusted: new TrustedSet(atStart),
    parsed,
    judge,
    free: new FreeDocuments({ log, onNoted: () => metrics.untrusted.inc() }),
    onOutcome: (outcome) => metrics.requests.inc({ outcome }),
  });
  const stopWatching = watchManifestFile({
    path: file,
    log,
    ...(options.lookIntervalMs === undefined ? {} : { intervalMs: options.lookIntervalMs }),
    onChange: (documents) => {
      desk.trust(new TrustedSet(documents));
      metrics.reloads.inc({ outcome: 'done' });
      log.info({ documents: documents.length }, 'The manifest of trusted documents was read again.');
      warnOfMisfits(options, documents);
    },
    onFailure: () => metrics.reloads.inc({ outcome: 'failed' }),
  });
  return { desk, close: stopWatching };
}

/** A client of yesterday must not keep the gateway of today from starting. */
function warnOfMisfits({ schema, judge, log }: OpenDocumentsOptions, documents: readonly TrustedDocument[]): void {
  const misfits = documents.flatMap(({ id, name, body, clients }) => {
    const [problem] = documentProblems(parse(body, { noLocation: true }), schema, judge);
    return problem ? [{ id, name, clients, problem: problem.message }] : [];
  });
  if (misfits.length > 0)
    log.warn(
      { count: misfits.length, documents: misfits.slice(0, MAX_LOGGED) },
      'Trusted documents do not fit the schema or the limits, and will be refused.',
    );
}
