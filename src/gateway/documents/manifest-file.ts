import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { describeError, type Logger } from '../../platform/log.ts';
import { ManifestError, readManifest, type TrustedDocument } from './manifest.ts';

/** How often it is looked whether the file has changed. By its times, because a mounted file is changed by replacing a link to its folder. */
const LOOK_INTERVAL_MS = 2_000;

export interface WatchOptions {
  readonly path: string;
  readonly log: Logger;
  readonly intervalMs?: number;
  onChange(documents: readonly TrustedDocument[]): void;
  /** The file can't be used as it is now; what was read before stays in force. */
  onFailure(): void;
}

/** Throws ManifestError, also when there is no file to be read. */
export function readManifestFile(path: string): TrustedDocument[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ManifestError([`The file can not be read (${(error as NodeJS.ErrnoException).code}).`]);
  }
  return readManifest(text);
}

/** Reads the manifest again whenever its file has changed. Returns what ends that. */
export function watchManifestFile({ path, log, intervalMs, onChange, onFailure }: WatchOptions): () => void {
  const look = (): void => {
    try {
      onChange(readManifestFile(path));
    } catch (error) {
      onFailure();
      log.error(
        { path, error: describeError(error) },
        'The manifest of trusted documents was changed and is not usable; the one read before stays in force.',
      );
    }
  };
  watchFile(path, { interval: intervalMs ?? LOOK_INTERVAL_MS, persistent: false }, look);
  return () => unwatchFile(path, look);
}
