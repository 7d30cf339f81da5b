import { type DocumentNode, parse } from 'graphql';
import { expect, test, vi } from 'vitest';
import { FreeDocuments } from '../../../../src/gateway/documents/free-documents.ts';
import { hashOf } from '../../../../src/gateway/documents/manifest.ts';
import { createLogger } from '../../../../src/platform/log.ts';

test('a document is told of once, whatever values stand in it, and looked at once for each text', () => {
  const onNoted = vi.fn();
  const free = new FreeDocuments({ log: createLogger('silent'), onNoted });
  let looks = 0;
  const note = (text: string): void => {
    const document = parse(text, { noLocation: true });
    const watched: DocumentNode = {
      kind: document.kind,
      get definitions() {
        looks += 1;
        return document.definitions;
      },
    };
    free.note(hashOf(text), watched, null);
  };
  note('{ account(id: "1") { id } }');
  const looksAtOne = looks;
  expect(looksAtOne).toBeGreaterThan(0);
  note('{ account(id: "2") { id } }');
  expect(onNoted).toHaveBeenCalledTimes(1);
  looks = 0;
  for (const id of ['1', '2', '1']) note(`{ account(id: "${id}") { id } }`);
  expect(looks).toBe(0);
  note('{ mentors { nodes { id } } }');
  expect(onNoted).toHaveBeenCalledTimes(2);
});
