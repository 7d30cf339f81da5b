import { expect, test } from 'vitest';
import { Popularity } from '../../../src/jobs/popularity.ts';

const keysOf = (popular: readonly { readonly key: string }[]) => popular.map(({ key }) => key);

test('names what was asked most, the most asked first', () => {
  const popularity = new Popularity<string>(10);
  for (const key of ['a', 'b', 'b', 'c', 'c', 'c']) popularity.note(key, 1, () => key);
  expect(keysOf(popularity.top(2))).toEqual(['c', 'b']);
});

test('keeps what is asked often in bounded room among ever new things that are asked once', () => {
  const popularity = new Popularity<null>(20);
  for (let place = 0; place < 20_000; place += 1) {
    popularity.note(`once ${place}`, place, () => null);
    if (place % 5 === 0) popularity.note('often', place, () => null);
  }
  expect(keysOf(popularity.top(1))).toEqual(['often']);
  expect(popularity.top(1_000).length).toBe(20);
});

test('describes only what it does not know', () => {
  const popularity = new Popularity<number>(10);
  let described = 0;
  for (let times = 0; times < 5; times += 1) popularity.note('a', times, () => (described += 1));
  expect(described).toBe(1);
  expect(popularity.top(1)).toMatchObject([{ count: 5, lastAskedAtMs: 4 }]);
});

test('forgets by and by what is asked no more', () => {
  const popularity = new Popularity<null>(10);
  for (let times = 0; times < 8; times += 1) popularity.note('once famous', 1, () => null);
  for (let times = 0; times < 4; times += 1) popularity.fade();
  popularity.note('now', 2, () => null);
  popularity.note('now', 2, () => null);
  expect(keysOf(popularity.top(2))).toEqual(['now', 'once famous']);
  for (let times = 0; times < 4; times += 1) popularity.fade();
  expect(keysOf(popularity.top(2))).toEqual(['now']);
});
