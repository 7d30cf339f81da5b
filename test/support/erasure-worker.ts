/**
 * A process that works on erasures and can be killed in the middle: `node erasure-worker.ts <database url> <directory> <ms for each batch>`. Erases
 * `validation_runs.started_by`, one row in a batch.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ErasureLedger } from '../../src/features/privacy/erasure-ledger.ts';
import { ErasureRunner } from '../../src/features/privacy/erasure-runner.ts';
import { LedgerFile } from '../../src/features/privacy/ledger-file.ts';
import { openDatabases } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/log.ts';
import { testSealer } from './keys.ts';

const [url = '', directory = '', batchMs = '0'] = process.argv.slice(2);
const log = createLogger('silent');
const pool = { url, maxConnections: 3, idleTimeoutMs: 10_000, connectionTimeoutMs: 2_000 };
const { oltp } = openDatabases({ oltp: pool, olap: pool, embeddedUrl: null, log });
const file = new LedgerFile({ path: join(directory, 'erasures.jsonl'), sealer: testSealer, log });
const ledger = new ErasureLedger({ database: oltp, file, sealer: testSealer, log, onGrown: async () => undefined });
const runner = new ErasureRunner({
  database: oltp,
  ledger,
  sealer: testSealer,
  steps: [
    {
      name: 'runs',
      kind: 'rows',
      run: async (db, { person, pseudonym }, from) => {
        const rows = await db.selectFrom('validation_runs').select(['id', 'started_by']).orderBy('id').execute();
        const theirs = rows.find(({ started_by }) => started_by !== null && person.has('subject', started_by));
        if (!theirs) return { rows: 0, next: null };
        await db
          .updateTable('validation_runs')
          .set({ started_by: pseudonym })
          .where('tenant', '=', 'demo')
          .where('id', '=', theirs.id)
          .execute();
        await pause(Number(batchMs));
        return { rows: 1, next: `${from ?? ''}.` };
      },
    },
  ],
  findInSources: async () => [],
  log,
  settleMs: 50,
  pollMs: 20,
});
process.stdout.write('ready\n');
// Its timers let a process end; this one lives until it is killed.
setInterval(() => void runner, 1_000);
