import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Pseudonyms } from '../../../../src/features/audit/pseudonyms.ts';
import { openActor, sealActor } from '../../../../src/features/upstream-writes/write-audit.ts';
import { keyId, Sealer } from '../../../../src/platform/sealing/sealer.ts';
import { testActor } from '../../../support/audit.ts';

const [lost, current, index] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const write = { tenant: 'demo', id: '00000000-0000-4000-8000-000000000001' };
const sealed = sealActor(new Sealer({ current: lost, old: [], index }), testActor('demo'), write.id);
const open = (sealer: Sealer) => openActor(sealer, new Pseudonyms(sealer), sealed, write);

test('who asked for a write is told again by the key that sealed it', () => {
  expect(open(new Sealer({ current, old: [lost], index }))).toMatchObject({ actorId: 'maya', tenant: 'demo' });
});

test('without the key an operator is told which one is needed, and nobody is made up', () => {
  expect(() => open(new Sealer({ current, old: [], index }))).toThrow(
    new RegExp(`^Who asked for the change can't be told, .*\\(${keyId(lost)}\\).*ENCRYPTION_KEYS_DESTROYED`),
  );
});

test('once the key is said to be destroyed it was nobody', () => {
  const { actorId, actorName, address } = open(new Sealer({ current, old: [], index, destroyed: [keyId(lost)] }));
  expect([actorId, actorName, address]).toEqual([null, null, null]);
});
